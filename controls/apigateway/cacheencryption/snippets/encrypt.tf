resource "aws_api_gateway_method_settings" "default" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  method_path = "*/*"

  settings {
    caching_enabled        = true
    cache_data_encrypted   = true
    throttling_burst_limit = var.default_burst_limit
    throttling_rate_limit  = var.default_rate_limit
  }
}

resource "aws_api_gateway_method_settings" "get_order" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  method_path = "orders/{id}/GET"

  settings {
    caching_enabled        = true
    cache_data_encrypted   = true
    throttling_burst_limit = var.get_order_burst_limit
    throttling_rate_limit  = var.get_order_rate_limit
  }
}
