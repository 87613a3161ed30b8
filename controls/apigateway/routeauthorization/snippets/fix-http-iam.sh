API_ID=a1b2c3d4e5
ROUTE_ID=r1o2u3t

aws apigatewayv2 update-route \
  --api-id "$API_ID" \
  --route-id "$ROUTE_ID" \
  --authorization-type AWS_IAM
