DOMAIN_NAME=api.example.com
SECURITY_POLICY=SecurityPolicy_TLS12_PFS_2025_EDGE

aws apigateway update-domain-name \
  --domain-name "$DOMAIN_NAME" \
  --patch-operations \
    "op=replace,path=/securityPolicy,value=$SECURITY_POLICY" \
    op=replace,path=/endpointAccessMode,value=BASIC
