API_ID=a1b2c3d4e5
STAGE=prod

aws apigateway get-stage \
  --rest-api-id "$API_ID" \
  --stage-name "$STAGE" \
  --query '[keys(methodSettings), methodSettings.*.to_string(loggingLevel), methodSettings.*.to_string(dataTraceEnabled)]' \
  --output text
