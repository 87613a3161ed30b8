resource "aws_apigatewayv2_authorizer" "chat" {
  api_id                     = aws_apigatewayv2_api.chat.id
  name                       = "chat-connect"
  authorizer_type            = "REQUEST"
  authorizer_uri             = aws_lambda_function.chat_authorizer.invoke_arn
  authorizer_credentials_arn = aws_iam_role.invoke_chat_authorizer.arn
  identity_sources           = ["route.request.header.Authorization"]
}

resource "aws_apigatewayv2_route" "connect" {
  api_id    = aws_apigatewayv2_api.chat.id
  route_key = "$connect"
  target    = "integrations/${aws_apigatewayv2_integration.chat.id}"

  authorization_type = "CUSTOM"
  authorizer_id      = aws_apigatewayv2_authorizer.chat.id
}
