API_ID=a1b2c3d4e5
STAGE=prod

aws apigateway update-stage \
  --rest-api-id "$API_ID" \
  --stage-name "$STAGE" \
  --patch-operations op=replace,path=/tracingEnabled,value=true
