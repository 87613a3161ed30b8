API_ID=a1b2c3d4e5

aws apigatewayv2 get-stages \
  --api-id "$API_ID" \
  --query 'Items[].[StageName,ApiGatewayManaged,AccessLogSettings.DestinationArn]' \
  --output text
