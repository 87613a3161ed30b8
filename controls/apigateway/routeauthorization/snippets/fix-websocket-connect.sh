API_ID=a1b2c3d4e5
AUTHORIZER_URI=arn:aws:apigateway:ap-northeast-1:lambda:path/2015-03-31/functions/arn:aws:lambda:ap-northeast-1:111122223333:function:chat-authorizer/invocations
INVOKE_ROLE_ARN=arn:aws:iam::111122223333:role/apigateway-invoke-chat-authorizer

AUTHORIZER_ID=$(aws apigatewayv2 create-authorizer \
  --api-id "$API_ID" \
  --name chat-connect \
  --authorizer-type REQUEST \
  --authorizer-uri "$AUTHORIZER_URI" \
  --authorizer-credentials-arn "$INVOKE_ROLE_ARN" \
  --identity-source route.request.header.Authorization \
  --query AuthorizerId \
  --output text)
ROUTE_ID=$(aws apigatewayv2 get-routes \
  --api-id "$API_ID" \
  --query "Items[?RouteKey=='\$connect'].RouteId | [0]" \
  --output text)
aws apigatewayv2 update-route \
  --api-id "$API_ID" \
  --route-id "$ROUTE_ID" \
  --authorization-type CUSTOM \
  --authorizer-id "$AUTHORIZER_ID"
