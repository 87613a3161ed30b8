API_ID=a1b2c3d4e5

aws apigatewayv2 get-routes \
  --api-id "$API_ID" \
  --query 'Items[].[RouteId,RouteKey,AuthorizationType,AuthorizerId]' \
  --output text
aws apigatewayv2 get-authorizers \
  --api-id "$API_ID" \
  --query 'Items[].[AuthorizerId,AuthorizerType,Name]' \
  --output text
