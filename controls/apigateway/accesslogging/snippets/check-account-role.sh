aws apigateway get-account \
  --query cloudwatchRoleArn \
  --output text
