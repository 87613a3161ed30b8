resource "aws_iam_role" "apigateway_logs" {
  name = "kumoban-apigateway-cloudwatch"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "apigateway.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "apigateway_logs" {
  role       = aws_iam_role.apigateway_logs.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}

resource "aws_api_gateway_account" "this" {
  cloudwatch_role_arn = aws_iam_role.apigateway_logs.arn

  depends_on = [aws_iam_role_policy_attachment.apigateway_logs]
}

resource "aws_cloudwatch_log_group" "chat_access" {
  name              = "/apigateway/chat/prod/access"
  retention_in_days = 365
}

resource "aws_apigatewayv2_stage" "chat" {
  api_id        = aws_apigatewayv2_api.chat.id
  name          = "prod"
  deployment_id = aws_apigatewayv2_deployment.chat.id

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.chat_access.arn
    format = jsonencode({
      requestId          = "$context.requestId"
      extendedRequestId  = "$context.extendedRequestId"
      requestTime        = "$context.requestTime"
      apiId              = "$context.apiId"
      stage              = "$context.stage"
      domainName         = "$context.domainName"
      eventType          = "$context.eventType"
      routeKey           = "$context.routeKey"
      connectionId       = "$context.connectionId"
      connectedAt        = "$context.connectedAt"
      messageId          = "$context.messageId"
      status             = "$context.status"
      errorType          = "$context.error.responseType"
      integrationStatus  = "$context.integration.status"
      integrationLatency = "$context.integration.latency"
      authorizerStatus   = "$context.authorizer.status"
      callerAccountId    = "$context.identity.accountId"
      callerApiKeyId     = "$context.identity.apiKeyId"
    })
  }

  depends_on = [aws_api_gateway_account.this]
}
