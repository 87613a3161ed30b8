API_ID=a1b2c3d4e5
STAGE_NAME=prod
ROLE_NAME=kumoban-apigateway-cloudwatch
LOG_GROUP="API-Gateway-Execution-Logs_$API_ID/$STAGE_NAME"
RETENTION_DAYS=365

ROLE_ARN=$(aws iam create-role \
  --role-name "$ROLE_NAME" \
  --assume-role-policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}' \
  --query Role.Arn \
  --output text)

aws iam attach-role-policy \
  --role-name "$ROLE_NAME" \
  --policy-arn arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs

ATTEMPT=1
until aws apigateway update-account \
  --patch-operations "op=replace,path=/cloudwatchRoleArn,value=$ROLE_ARN"
do
  [ "$ATTEMPT" -lt 15 ] || exit 1
  ATTEMPT=$((ATTEMPT + 1))
  sleep 25
done

FOUND=$(aws logs describe-log-groups \
  --log-group-name-prefix "$LOG_GROUP" \
  --query "logGroups[?logGroupName=='$LOG_GROUP'].logGroupName" \
  --output text)
if [ -z "$FOUND" ]; then
  aws logs create-log-group --log-group-name "$LOG_GROUP"
fi
aws logs put-retention-policy \
  --log-group-name "$LOG_GROUP" \
  --retention-in-days "$RETENTION_DAYS"

aws apigateway update-stage \
  --rest-api-id "$API_ID" \
  --stage-name "$STAGE_NAME" \
  --patch-operations "op=replace,path='/*/*/logging/loglevel',value=ERROR"
