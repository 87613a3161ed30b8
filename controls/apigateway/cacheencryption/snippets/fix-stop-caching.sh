API_ID=a1b2c3d4e5
STAGE_NAME=prod

aws apigateway update-stage \
  --rest-api-id "$API_ID" \
  --stage-name "$STAGE_NAME" \
  --patch-operations \
    "op=replace,path='/~1me/GET/caching/enabled',value=false"

aws apigateway flush-stage-cache \
  --rest-api-id "$API_ID" \
  --stage-name "$STAGE_NAME"
