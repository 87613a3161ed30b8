resource "aws_apigatewayv2_stage" "chat_prod" {
  api_id      = aws_apigatewayv2_api.chat.id
  name        = "prod"
  auto_deploy = true

  default_route_settings {
    logging_level            = "ERROR"
    data_trace_enabled       = false
    detailed_metrics_enabled = var.chat_detailed_metrics
    throttling_burst_limit   = var.chat_burst_limit
    throttling_rate_limit    = var.chat_rate_limit
  }
}
