API_ID=a1b2c3d4e5
INTEGRATION_ID=i1n2t3e
LISTENER_ARN=arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:listener/app/orders/50dc6c495c0c9188/1a2b3c4d5e6f7a8b
SERVER_NAME=orders.internal.example.com

aws apigatewayv2 update-integration \
  --api-id "$API_ID" \
  --integration-id "$INTEGRATION_ID" \
  --integration-uri "$LISTENER_ARN" \
  --tls-config "ServerNameToVerify=$SERVER_NAME"
