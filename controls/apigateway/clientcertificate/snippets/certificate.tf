resource "aws_api_gateway_client_certificate" "orders_2026" {
  description = "orders prod 2026"
}

resource "aws_api_gateway_stage" "prod" {
  rest_api_id           = aws_api_gateway_rest_api.orders.id
  deployment_id         = aws_api_gateway_deployment.orders.id
  stage_name            = "prod"
  client_certificate_id = aws_api_gateway_client_certificate.orders_2026.id
}

output "orders_client_certificate" {
  value = aws_api_gateway_client_certificate.orders_2026.pem_encoded_certificate
}
