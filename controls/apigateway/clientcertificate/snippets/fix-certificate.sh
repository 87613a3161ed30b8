API_ID=a1b2c3d4e5
STAGE_NAME=prod
PEM_FILE=apigateway-client.pem

CERTIFICATE_ID=$(aws apigateway generate-client-certificate \
  --description "orders prod" \
  --query clientCertificateId \
  --output text)

aws apigateway get-client-certificates \
  --query "items[?clientCertificateId=='$CERTIFICATE_ID'].pemEncodedCertificate" \
  --output text > "$PEM_FILE"

aws apigateway update-stage \
  --rest-api-id "$API_ID" \
  --stage-name "$STAGE_NAME" \
  --patch-operations "op=replace,path=/clientCertificateId,value=$CERTIFICATE_ID"
