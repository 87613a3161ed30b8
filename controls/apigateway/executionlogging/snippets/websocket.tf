resource "aws_apigatewayv2_stage" "chat_prod" {
  api_id      = aws_apigatewayv2_api.chat.id
  name        = "prod"
  auto_deploy = true

  default_route_settings {
    logging_level            = "ERROR"
    data_trace_enabled       = false
    detailed_metrics_enabled = true
    throttling_burst_limit   = 200
    throttling_rate_limit    = 100
  }
}
