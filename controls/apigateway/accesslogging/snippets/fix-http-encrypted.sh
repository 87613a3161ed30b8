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
REGION=$(echo "$LOG_GROUP_ARN" | cut -d : -f 4)
ACCOUNT_ID=$(echo "$LOG_GROUP_ARN" | cut -d : -f 5)
KEY_POLICY=$(cat <<EOF
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "AdministerWithoutUsing",
      "Effect": "Allow",
      "Principal": { "AWS": "arn:aws:iam::$ACCOUNT_ID:root" },
      "Action": [
        "kms:Describe*", "kms:Get*", "kms:List*", "kms:PutKeyPolicy", "kms:Update*",
        "kms:Enable*", "kms:Disable*", "kms:RotateKeyOnDemand", "kms:RevokeGrant",
        "kms:TagResource", "kms:UntagResource", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"
      ],
      "Resource": "*"
    },
    {
      "Sid": "LogsForThisLogGroup",
      "Effect": "Allow",
      "Principal": { "Service": "logs.$REGION.amazonaws.com" },
      "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
      "Resource": "*",
      "Condition": {
        "ArnEquals": { "kms:EncryptionContext:aws:logs:arn": "$LOG_GROUP_ARN" }
      }
    },
    {
      "Sid": "CallersThroughLogsOnly",
      "Effect": "Allow",
      "Principal": { "AWS": "arn:aws:iam::$ACCOUNT_ID:root" },
      "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"],
      "Resource": "*",
      "Condition": {
        "StringEquals": { "kms:ViaService": "logs.$REGION.amazonaws.com" },
        "ArnEquals": { "kms:EncryptionContext:aws:logs:arn": "$LOG_GROUP_ARN" }
      }
    }
  ]
}
EOF
)
KEY_ARN=$(aws kms create-key \
  --description "$LOG_GROUP" \
  --policy "$KEY_POLICY" \
  --query KeyMetadata.Arn \
  --output text)
aws kms enable-key-rotation --key-id "$KEY_ARN"
aws logs associate-kms-key \
  --log-group-name "$LOG_GROUP" \
  --kms-key-id "$KEY_ARN"

aws apigatewayv2 update-stage \
  --api-id "$API_ID" \
  --stage-name "$STAGE_NAME" \
  --access-log-settings "DestinationArn=$LOG_GROUP_ARN,Format='$FORMAT'"
