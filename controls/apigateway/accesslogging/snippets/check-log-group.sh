LOG_GROUP=/aws/vendedlogs/apigateway/orders/access

aws logs describe-log-groups \
  --log-group-name-prefix "$LOG_GROUP" \
  --query 'logGroups[].[logGroupName,retentionInDays,kmsKeyId]' \
  --output text
