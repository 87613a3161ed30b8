DOMAIN_NAME=api.example.com

aws apigateway get-domain-name \
  --domain-name "$DOMAIN_NAME" \
  --query '[securityPolicy,endpointAccessMode,domainNameStatus]' \
  --output text
