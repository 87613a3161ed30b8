API_ID=a1b2c3d4e5

aws apigatewayv2 get-integrations \
  --api-id "$API_ID" \
  --query "Items[?ConnectionType=='VPC_LINK'].[IntegrationId,IntegrationUri,TlsConfig.ServerNameToVerify]" \
  --output text
