resource "aws_cloudwatch_log_group" "orders_access" {
  name              = "/aws/vendedlogs/apigateway/orders/access"
  retention_in_days = 365
}

resource "aws_apigatewayv2_stage" "orders" {
  api_id      = aws_apigatewayv2_api.orders.id
  name        = "$default"
  auto_deploy = true

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.orders_access.arn
    format = jsonencode({
      requestId          = "$context.requestId"
      extendedRequestId  = "$context.extendedRequestId"
      requestTime        = "$context.requestTime"
      apiId              = "$context.apiId"
      stage              = "$context.stage"
      domainName         = "$context.domainName"
      httpMethod         = "$context.httpMethod"
      routeKey           = "$context.routeKey"
      protocol           = "$context.protocol"
      status             = "$context.status"
      errorType          = "$context.error.responseType"
      responseLength     = "$context.responseLength"
      responseLatency    = "$context.responseLatency"
      integrationStatus  = "$context.integration.status"
      integrationLatency = "$context.integration.latency"
      integrationError   = "$context.integrationErrorMessage"
      authorizerError    = "$context.authorizer.error"
      callerAccountId    = "$context.identity.accountId"
      callerClientId     = "$context.authorizer.claims.client_id"
    })
  }
}
