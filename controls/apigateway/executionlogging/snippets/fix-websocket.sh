API_ID=w1x2y3z4a5
STAGE_NAME=prod
SETTINGS=LoggingLevel=ERROR,DataTraceEnabled=false

for NAME in DetailedMetricsEnabled ThrottlingBurstLimit ThrottlingRateLimit; do
  VALUE=$(aws apigatewayv2 get-stage \
    --api-id "$API_ID" \
    --stage-name "$STAGE_NAME" \
    --query "DefaultRouteSettings.$NAME" \
    --output text)
  if [ "$VALUE" != None ]; then
    SETTINGS="$SETTINGS,$NAME=$VALUE"
  fi
done

aws apigatewayv2 update-stage \
  --api-id "$API_ID" \
  --stage-name "$STAGE_NAME" \
  --default-route-settings "$SETTINGS"
