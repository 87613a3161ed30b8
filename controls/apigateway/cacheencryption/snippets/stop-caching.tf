resource "aws_api_gateway_method_settings" "get_me" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  method_path = "me/GET"

  settings {
    caching_enabled        = false
    logging_level          = "ERROR"
    metrics_enabled        = true
    throttling_burst_limit = 200
    throttling_rate_limit  = 100
  }
}
