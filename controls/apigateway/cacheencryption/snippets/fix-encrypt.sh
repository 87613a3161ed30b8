API_ID=a1b2c3d4e5
STAGE_NAME=prod

aws apigateway update-stage \
  --rest-api-id "$API_ID" \
  --stage-name "$STAGE_NAME" \
  --patch-operations \
    "op=replace,path='/*/*/caching/dataEncrypted',value=true" \
    "op=replace,path='/~1orders~1{id}/GET/caching/dataEncrypted',value=true"

aws apigateway flush-stage-cache \
  --rest-api-id "$API_ID" \
  --stage-name "$STAGE_NAME"
