API_ID=a1b2c3d4e5
STAGE_NAME=prod

aws apigateway get-stage \
  --rest-api-id "$API_ID" \
  --stage-name "$STAGE_NAME" \
  --query '[keys(methodSettings), methodSettings.*.to_string(throttlingBurstLimit), methodSettings.*.to_string(throttlingRateLimit), methodSettings.*.to_string(loggingLevel), methodSettings.*.to_string(metricsEnabled)]' \
  --output text
