API_ID=a1b2c3d4e5
STAGE_NAME='$default'
LOG_GROUP=/aws/vendedlogs/apigateway/orders/access
RETENTION_DAYS=365
FORMAT='{"requestId":"$context.requestId","extendedRequestId":"$context.extendedRequestId","requestTime":"$context.requestTime","apiId":"$context.apiId","stage":"$context.stage","domainName":"$context.domainName","httpMethod":"$context.httpMethod","routeKey":"$context.routeKey","protocol":"$context.protocol","status":"$context.status","errorType":"$context.error.responseType","responseLength":"$context.responseLength","responseLatency":"$context.responseLatency","integrationStatus":"$context.integration.status","integrationLatency":"$context.integration.latency","integrationError":"$context.integrationErrorMessage","authorizerError":"$context.authorizer.error","callerAccountId":"$context.identity.accountId","callerClientId":"$context.authorizer.claims.client_id"}'

aws logs create-log-group --log-group-name "$LOG_GROUP"
aws logs put-retention-policy \
  --log-group-name "$LOG_GROUP" \
  --retention-in-days "$RETENTION_DAYS"
LOG_GROUP_ARN=$(aws logs describe-log-groups \
  --log-group-name-prefix "$LOG_GROUP" \
  --query "logGroups[?logGroupName=='$LOG_GROUP'].arn | [0]" \
  --output text)
LOG_GROUP_ARN=${LOG_GROUP_ARN%:\*}

aws apigatewayv2 update-stage \
  --api-id "$API_ID" \
  --stage-name "$STAGE_NAME" \
  --access-log-settings "DestinationArn=$LOG_GROUP_ARN,Format='$FORMAT'"
