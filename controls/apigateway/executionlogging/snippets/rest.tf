resource "aws_cloudwatch_log_group" "execution" {
  name              = "API-Gateway-Execution-Logs_${aws_api_gateway_rest_api.orders.id}/prod"
  retention_in_days = 365
}

resource "aws_api_gateway_method_settings" "default" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  method_path = "*/*"
  depends_on  = [aws_cloudwatch_log_group.execution]

  settings {
    logging_level          = "ERROR"
    data_trace_enabled     = false
    throttling_burst_limit = var.default_burst_limit
    throttling_rate_limit  = var.default_rate_limit
  }
}
