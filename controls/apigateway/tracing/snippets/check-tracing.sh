API_ID=a1b2c3d4e5
STAGE=prod

aws apigateway get-stage \
  --rest-api-id "$API_ID" \
  --stage-name "$STAGE" \
  --query tracingEnabled \
  --output text
