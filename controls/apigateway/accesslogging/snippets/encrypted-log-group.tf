locals {
  log_group_name = "/aws/vendedlogs/apigateway/orders/access"
  account_id     = data.aws_caller_identity.current.account_id
  log_group_arn  = "arn:aws:logs:${data.aws_region.current.name}:${local.account_id}:log-group:${local.log_group_name}"
  logs_service   = "logs.${data.aws_region.current.name}.amazonaws.com"
}

resource "aws_kms_key" "orders_access" {
  description         = local.log_group_name
  enable_key_rotation = true

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AdministerWithoutUsing"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${local.account_id}:root" }
        Action = [
          "kms:Describe*", "kms:Get*", "kms:List*", "kms:PutKeyPolicy", "kms:Update*",
          "kms:Enable*", "kms:Disable*", "kms:RotateKeyOnDemand", "kms:RevokeGrant",
          "kms:TagResource", "kms:UntagResource", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion",
        ]
        Resource = "*"
      },
      {
        Sid       = "LogsForThisLogGroup"
        Effect    = "Allow"
        Principal = { Service = local.logs_service }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
        Resource  = "*"
        Condition = {
          ArnEquals = { "kms:EncryptionContext:aws:logs:arn" = local.log_group_arn }
        }
      },
      {
        Sid       = "CallersThroughLogsOnly"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${local.account_id}:root" }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"]
        Resource  = "*"
        Condition = {
          StringEquals = { "kms:ViaService" = local.logs_service }
          ArnEquals    = { "kms:EncryptionContext:aws:logs:arn" = local.log_group_arn }
        }
      },
    ]
  })
}

resource "aws_cloudwatch_log_group" "orders_access_encrypted" {
  name              = local.log_group_name
  retention_in_days = 365
  kms_key_id        = aws_kms_key.orders_access.arn
}
