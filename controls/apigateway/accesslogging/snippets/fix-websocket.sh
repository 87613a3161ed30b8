API_ID=a1b2c3d4e5
STAGE_NAME=prod
LOG_GROUP=/apigateway/chat/prod/access
RETENTION_DAYS=365
ROLE_NAME=kumoban-apigateway-cloudwatch
TRUST_POLICY='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
FORMAT='{"requestId":"$context.requestId","extendedRequestId":"$context.extendedRequestId","requestTime":"$context.requestTime","apiId":"$context.apiId","stage":"$context.stage","domainName":"$context.domainName","eventType":"$context.eventType","routeKey":"$context.routeKey","connectionId":"$context.connectionId","connectedAt":"$context.connectedAt","messageId":"$context.messageId","status":"$context.status","errorType":"$context.error.responseType","integrationStatus":"$context.integration.status","integrationLatency":"$context.integration.latency","authorizerStatus":"$context.authorizer.status","callerAccountId":"$context.identity.accountId","callerApiKeyId":"$context.identity.apiKeyId"}'

ROLE_ARN=$(aws apigateway get-account --query cloudwatchRoleArn --output text)
if [ "$ROLE_ARN" = None ]; then
  ROLE_ARN=$(aws iam create-role \
    --role-name "$ROLE_NAME" \
    --assume-role-policy-document "$TRUST_POLICY" \
    --query Role.Arn \
    --output text)
  aws iam attach-role-policy \
    --role-name "$ROLE_NAME" \
    --policy-arn arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs
  ATTEMPT=1
  until aws apigateway update-account \
    --patch-operations "op=replace,path=/cloudwatchRoleArn,value=$ROLE_ARN"; do
    [ "$ATTEMPT" -lt 15 ] || exit 1
    ATTEMPT=$((ATTEMPT + 1))
    sleep 25
  done
fi

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
