resource "aws_api_gateway_method_settings" "get_me" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  method_path = "me/GET"

  settings {
    caching_enabled        = false
    logging_level          = var.default_logging_level
    metrics_enabled        = var.default_metrics_enabled
    throttling_burst_limit = var.default_burst_limit
    throttling_rate_limit  = var.default_rate_limit
  }
}
