API_ID=w1x2y3z4a5
STAGE=prod

aws apigatewayv2 get-stage \
  --api-id "$API_ID" \
  --stage-name "$STAGE" \
  --query 'DefaultRouteSettings.[LoggingLevel, DataTraceEnabled, DetailedMetricsEnabled, ThrottlingBurstLimit, ThrottlingRateLimit]' \
  --output text
