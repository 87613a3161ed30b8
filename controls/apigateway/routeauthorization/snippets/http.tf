resource "aws_apigatewayv2_authorizer" "orders" {
  api_id           = aws_apigatewayv2_api.orders.id
  name             = "orders-jwt"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    issuer   = "https://cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_Example01"
    audience = ["1example23456789client"]
  }
}

resource "aws_apigatewayv2_route" "get_orders" {
  api_id    = aws_apigatewayv2_api.orders.id
  route_key = "GET /orders"
  target    = "integrations/${aws_apigatewayv2_integration.orders.id}"

  authorization_type   = "JWT"
  authorizer_id        = aws_apigatewayv2_authorizer.orders.id
  authorization_scopes = ["orders/read"]
}
