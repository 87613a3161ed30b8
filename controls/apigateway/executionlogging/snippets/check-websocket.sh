API_ID=w1x2y3z4a5
STAGE_NAME=prod

aws apigatewayv2 get-stage \
  --api-id "$API_ID" \
  --stage-name "$STAGE_NAME" \
  --query 'DefaultRouteSettings.[LoggingLevel, DataTraceEnabled, DetailedMetricsEnabled, ThrottlingBurstLimit, ThrottlingRateLimit]' \
  --output text
