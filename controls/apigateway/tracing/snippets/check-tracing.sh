API_ID=a1b2c3d4e5
STAGE_NAME=prod

aws apigateway get-stage \
  --rest-api-id "$API_ID" \
  --stage-name "$STAGE_NAME" \
  --query tracingEnabled \
  --output text
