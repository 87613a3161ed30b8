API_ID=a1b2c3d4e5
ROUTE_ID=r1o2u3t
ISSUER=https://cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_Example01
AUDIENCE=1example23456789client
SCOPE=orders/read

AUTHORIZER_ID=$(aws apigatewayv2 create-authorizer \
  --api-id "$API_ID" \
  --name orders-jwt \
  --authorizer-type JWT \
  --identity-source '$request.header.Authorization' \
  --jwt-configuration "Issuer=$ISSUER,Audience=$AUDIENCE" \
  --query AuthorizerId \
  --output text)
aws apigatewayv2 update-route \
  --api-id "$API_ID" \
  --route-id "$ROUTE_ID" \
  --authorization-type JWT \
  --authorizer-id "$AUTHORIZER_ID" \
  --authorization-scopes "$SCOPE"
