resource "aws_xray_sampling_rule" "orders_prod" {
  rule_name      = "orders-prod"
  version        = 1
  priority       = 1000
  service_name   = "orders/prod"
  service_type   = "AWS::ApiGateway::Stage"
  host           = "*"
  http_method    = "*"
  url_path       = "*"
  resource_arn   = "*"
  reservoir_size = 1
  fixed_rate     = 0.01
}
