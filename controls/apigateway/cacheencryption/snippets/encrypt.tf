resource "aws_api_gateway_method_settings" "default" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  method_path = "*/*"

  settings {
    caching_enabled                            = true
    cache_data_encrypted                       = true
    cache_ttl_in_seconds                       = 300
    require_authorization_for_cache_control    = true
    unauthorized_cache_control_header_strategy = "FAIL_WITH_403"
    logging_level                              = "ERROR"
    metrics_enabled                            = true
    throttling_burst_limit                     = 200
    throttling_rate_limit                      = 100
  }
}

resource "aws_api_gateway_method_settings" "get_order" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  method_path = "orders/{id}/GET"

  settings {
    caching_enabled                            = true
    cache_data_encrypted                       = true
    cache_ttl_in_seconds                       = 60
    require_authorization_for_cache_control    = true
    unauthorized_cache_control_header_strategy = "FAIL_WITH_403"
    logging_level                              = "ERROR"
    metrics_enabled                            = true
    throttling_burst_limit                     = 200
    throttling_rate_limit                      = 100
  }
}
