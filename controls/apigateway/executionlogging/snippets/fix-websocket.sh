API_ID=w1x2y3z4a5
STAGE=prod
DETAILED_METRICS=true
BURST_LIMIT=200
RATE_LIMIT=100

aws apigatewayv2 update-stage \
  --api-id "$API_ID" \
  --stage-name "$STAGE" \
  --default-route-settings "LoggingLevel=ERROR,DataTraceEnabled=false,DetailedMetricsEnabled=$DETAILED_METRICS,ThrottlingBurstLimit=$BURST_LIMIT,ThrottlingRateLimit=$RATE_LIMIT"
