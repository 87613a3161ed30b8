API_ID=a1b2c3d4e5
STAGE_NAME=prod
REGION=ap-northeast-1
WEB_ACL_NAME=orders-prod

WEB_ACL_ARN=$(aws wafv2 create-web-acl \
  --region "$REGION" \
  --scope REGIONAL \
  --name "$WEB_ACL_NAME" \
  --default-action Allow={} \
  --visibility-config "SampledRequestsEnabled=true,CloudWatchMetricsEnabled=true,MetricName=$WEB_ACL_NAME" \
  --rules '[
    {
      "Name": "common",
      "Priority": 0,
      "OverrideAction": {"Count": {}},
      "Statement": {
        "ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet"}
      },
      "VisibilityConfig": {
        "SampledRequestsEnabled": true,
        "CloudWatchMetricsEnabled": true,
        "MetricName": "common"
      }
    }
  ]' \
  --query Summary.ARN \
  --output text)

ATTEMPT=1
until aws wafv2 associate-web-acl \
  --region "$REGION" \
  --web-acl-arn "$WEB_ACL_ARN" \
  --resource-arn "arn:aws:apigateway:$REGION::/restapis/$API_ID/stages/$STAGE_NAME"
do
  [ "$ATTEMPT" -lt 6 ] || exit 1
  ATTEMPT=$((ATTEMPT + 1))
  sleep 20
done
