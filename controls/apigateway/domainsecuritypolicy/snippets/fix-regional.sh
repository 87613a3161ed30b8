DOMAIN_NAME=api.example.com
SECURITY_POLICY=SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09

aws apigateway update-domain-name \
  --domain-name "$DOMAIN_NAME" \
  --patch-operations \
    "op=replace,path=/securityPolicy,value=$SECURITY_POLICY" \
    op=replace,path=/endpointAccessMode,value=BASIC
