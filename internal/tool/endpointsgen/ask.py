"""Asks botocore where it sends the calls of some services, and what it signs.

Writes partitions, services, and one answer for each service, variant and Region:
[host, signing name, signing Region]. Where botocore refuses the variant there is
its reason alone.

A client's answer has two sources: the service's ruleset gives the host, and
what to sign where that differs; the older endpoints.json gives the rest. Making
13,000 clients would take minutes, so both are asked as a client asks them.
"""
import json
import re
import sys

import boto3
import botocore
import botocore.session
from botocore.client import ClientEndpointBridge
from botocore.config import Config
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import BotoCoreError

# Those whose calls kumoban makes or is going to make, as botocore names them.
SERVICES = """
account acm acm-pca apigateway apigatewayv2 application-autoscaling appsync athena autoscaling backup
bedrock-agentcore-control cloudformation cloudfront cloudtrail cloudwatch codebuild cognito-identity cognito-idp
config connect datasync dax dms docdb dynamodb ec2 ecr ecs efs eks elasticache elasticbeanstalk elb elbv2 emr es
events firehose fsx glue guardduty iam inspector2 kafka kafkaconnect kinesis kms lambda logs macie2 mq
network-firewall opensearch organizations rds redshift redshift-serverless route53 s3 s3control sagemaker
secretsmanager securityhub servicecatalog sesv2 sns sqs ssm stepfunctions sts transfer waf waf-regional wafv2
workspaces
""".split()
ACCOUNT = "111122223333"
NOWHERE = "xx-nowhere-1"  # like no partition's
VARIANTS = {"": (False, False), "fips": (True, False), "dual": (False, True), "fips dual": (True, True)}


def answer(provider, bridge, prefix, region, fips, dual):
    parameters = {"Region": region, "UseFIPS": fips, "UseDualStack": dual}
    if "RequiresAccountId" in provider.ruleset.parameters:
        parameters |= {"RequiresAccountId": True, "AccountId": ACCOUNT}
    # Some rulesets know no variants.
    parameters = {k: v for k, v in parameters.items() if k in provider.ruleset.parameters}
    try:
        older = bridge.resolve(prefix, region)
        endpoint = provider.resolve_endpoint(**parameters)
    except BotoCoreError as refusal:
        return [str(refusal)]
    schemes = endpoint.properties.get("authSchemes") or [{}]
    return [
        endpoint.url.removeprefix("https://").removeprefix(ACCOUNT + "."),
        schemes[0].get("signingName", older["signing_name"]),
        schemes[0].get("signingRegion", older["signing_region"]),
    ]


def main():
    session = botocore.session.Session()
    loader = session.get_component("data_loader")
    resolver = session._get_internal_component("endpoint_resolver")
    data = loader.load_data("partitions")
    partitions, services, answers = [], {}, {}
    for p in sorted(data["partitions"], key=lambda p: p["id"]):
        real = sorted(r for r in p["regions"] if re.match(p["regionRegex"], r))  # not aws-global
        partitions.append({
            "name": p["id"], "pattern": p["regionRegex"].replace("\\-", "-"), "regions": real,
            "suffix": p["outputs"]["dnsSuffix"], "dualSuffix": p["outputs"]["dualStackDnsSuffix"],
            "fips": p["outputs"]["supportsFIPS"], "dual": p["outputs"]["supportsDualStack"],
            "global": p["outputs"]["implicitGlobalRegion"],
            # One that nobody has: what holds for the partition, not for a Region by its name.
            "nowhere": re.sub(r"-\w+-\d+$", "-nowhere-1", real[0]),
        })
    regions = [r for p in partitions for r in p["regions"] + [p["nowhere"]]] + [NOWHERE]
    for name in SERVICES:
        model = session.get_service_model(name)
        provider = EndpointProvider(loader.load_service_model(name, "endpoint-rule-set-1"), data)
        services[name] = {"id": model.service_id, "prefix": model.endpoint_prefix}
        for variant, (fips, dual) in VARIANTS.items():
            bridge = ClientEndpointBridge(
                resolver, service_signing_name=model.signing_name,
                client_config=Config(use_fips_endpoint=fips, use_dualstack_endpoint=dual))
            answers.setdefault(name, {})[variant] = {
                r: answer(provider, bridge, model.endpoint_prefix, r, fips, dual) for r in regions}
    json.dump({"boto3": boto3.__version__, "botocore": botocore.__version__,
               "partitions": partitions, "services": services, "answers": answers}, sys.stdout)


main()
