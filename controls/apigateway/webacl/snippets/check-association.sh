API_ID=a1b2c3d4e5
STAGE_NAME=prod
REGION=ap-northeast-1

aws apigateway get-stage \
  --region "$REGION" \
  --rest-api-id "$API_ID" \
  --stage-name "$STAGE_NAME" \
  --query webAclArn \
  --output text

aws wafv2 get-web-acl-for-resource \
  --region "$REGION" \
  --resource-arn "arn:aws:apigateway:$REGION::/restapis/$API_ID/stages/$STAGE_NAME" \
  --query 'WebACL.[Name, length(Rules)]' \
  --output text
