"""Says what each API Gateway control of Security Hub reports for an account, as read with boto3.

Written from the control descriptions and AWS's own words alone; it shares nothing with kumoban.
Prints a JSON list of {account, region, control, resource, type, status, recordState, reason, case}.
"""

import argparse
import json

import boto3

PASSED, FAILED, NOT_APPLICABLE = "PASSED", "FAILED", "NOT_APPLICABLE"
CONTROLS = [f"APIGateway.{n}" for n in (1, 2, 3, 4, 5, 8, 9, 10, 11)]
RECOMMENDED_POLICIES = {
    "SecurityPolicy_TLS13_1_3_2025_09",
    "SecurityPolicy_TLS13_1_3_FIPS_2025_09",
    "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
    "SecurityPolicy_TLS13_2025_EDGE",
    "SecurityPolicy_TLS12_PFS_2025_EDGE",
}


class Oracle:
    def __init__(self, session, params):
        self.region = session.region_name
        self.account = session.client("sts").get_caller_identity()["Account"]
        self.rest = session.client("apigateway")
        self.v2 = session.client("apigatewayv2")
        self.params = params
        self.findings = []

    def say(self, control, path, kind, verdict, case):
        self.add(f"APIGateway.{control}", f"arn:aws:apigateway:{self.region}::{path}", kind, verdict, case)

    def add(self, control, resource, kind, verdict, case, reason=None):
        """A control that does not apply shows as NOT_AVAILABLE and its finding is archived."""
        archived = verdict == NOT_APPLICABLE
        self.findings.append(
            {
                "account": self.account,
                "region": self.region,
                "control": control,
                "resource": resource,
                "type": kind,
                "status": "NOT_AVAILABLE" if archived else verdict,
                "recordState": "ARCHIVED" if archived else "ACTIVE",
                "reason": "CONFIG_RETURNS_NOT_APPLICABLE" if archived else reason or "",
                "case": case,
            }
        )

    def everything(self):
        # Where there is no VPC link no connection can be private: a scan leaves the integrations unread.
        self.may_be_private = bool(self.v2.get_vpc_links()["Items"])
        for api in every(self.rest, "get_rest_apis"):
            for stage in self.rest.get_stages(restApiId=api["id"])["item"]:
                self.rest_stage(api["id"], stage)
        for api in every(self.v2, "get_apis"):
            self.v2_api(api["ApiId"], api["ProtocolType"])
        for domain in every(self.rest, "get_domain_names"):
            policy = domain["securityPolicy"]
            verdict = PASSED if policy in RECOMMENDED_POLICIES else FAILED
            self.say(11, f"/domainnames/{domain['domainName']}", "Other", verdict, policy)
        seen = {finding["control"] for finding in self.findings}
        for control in CONTROLS:
            if control not in seen:
                where = f"AWS::::Account:{self.account}"
                self.add(control, where, "AwsAccount", PASSED, "no resource", "CONFIG_EVALUATIONS_EMPTY")
        return self.findings

    # REST stages: controls 1 to 5

    def rest_stage(self, api, stage):
        path = f"/restapis/{api}/stages/{stage['stageName']}"
        settings = stage.get("methodSettings") or {}
        verdicts = {
            1: self.execution_logging(settings),
            2: self.client_certificate(api, stage),
            3: (PASSED, "traced") if stage.get("tracingEnabled") else (FAILED, "not traced" if "tracingEnabled" in stage else "tracing unsaid"),
            4: (PASSED, "web ACL") if stage.get("webAclArn") else (FAILED, "no web ACL"),
            5: self.cache_encryption(bool(stage.get("cacheClusterEnabled")), settings),
        }
        for control, (verdict, case) in verdicts.items():
            self.say(control, path, "AwsApiGatewayStage", verdict, case)

    def log_levels(self):
        chosen = self.params.get("APIGateway.1.loggingLevel")
        return {chosen} if chosen else {"ERROR", "INFO"}

    def execution_logging(self, settings):
        if not settings:
            return FAILED, "no method settings"
        good = {key: s.get("loggingLevel", "OFF") in self.log_levels() for key, s in settings.items()}
        default = good.get("*/*")
        if all(good.values()):
            return PASSED, "every setting logs" if default else "every override logs, no default"
        if default:
            return FAILED, "the default logs, an override does not"
        if default is False and any(good.values()):
            return FAILED, "an override logs, the default does not"
        return FAILED, "nothing logs" if not any(good.values()) else "one override logs, another does not"

    def client_certificate(self, api, stage):
        kinds = set()
        for resource in every(self.rest, "get_resources", restApiId=api, embed=["methods"]):
            for method in resource.get("resourceMethods", {}).values():
                kinds.add((method.get("methodIntegration") or {}).get("type"))
        http = kinds & {"HTTP", "HTTP_PROXY"}
        if stage.get("clientCertificateId"):
            return PASSED, "certificate" if http else "certificate, no HTTP back end"
        if not http:
            return NOT_APPLICABLE, "no HTTP back end" if kinds - {None} else "no integration"
        return FAILED, f"{http.pop()} back end" if kinds == http or len(kinds) == 1 else "HTTP back end among others"

    def cache_encryption(self, cluster, settings):
        """Only a method with caching on counts, and one such method without encryption fails the stage."""
        cached = {key: s for key, s in settings.items() if s.get("cachingEnabled")}
        open_keys = {key for key, s in cached.items() if not s.get("cacheDataEncrypted")}
        where = "cluster" if cluster else "no cluster"
        if not cached:
            return PASSED, "nothing cached"
        if not open_keys:
            idle = [key for key, s in settings.items() if key not in cached and not s.get("cacheDataEncrypted")]
            return PASSED, f"{where}, encrypted" + (", beside an uncached open method" if idle else "")
        if not cluster and self.params.get("APIGateway.5.requireCacheCluster") == "true":
            return PASSED, "latent, a cluster is required"
        if "*/*" in open_keys:
            return FAILED, f"{where}, the default is open"
        default = settings.get("*/*")
        if default is None:
            return FAILED, f"{where}, an override is open, no default"
        around = "encrypted" if default.get("cachingEnabled") else "off"
        return FAILED, f"{where}, an override is open, the default is {around}"

    # HTTP and WebSocket APIs: controls 1, 8, 9, 10

    def v2_api(self, api, protocol):
        for stage in every(self.v2, "get_stages", ApiId=api):
            path = f"/apis/{api}/stages/{stage['StageName']}"
            self.say(1, path, "AwsApiGatewayV2Stage", *self.v2_execution_logging(protocol, stage))
            self.say(9, path, "AwsApiGatewayV2Stage", *self.access_logs(protocol, stage))
        for route in every(self.v2, "get_routes", ApiId=api):
            self.say(8, f"/apis/{api}/routes/{route['RouteId']}", "Other", *self.authorization(protocol, route))
        for integration in every(self.v2, "get_integrations", ApiId=api) if self.may_be_private else []:
            path = f"/apis/{api}/integrations/{integration['IntegrationId']}"
            self.say(10, path, "Other", *self.private_tls(protocol, integration))

    def v2_execution_logging(self, protocol, stage):
        if protocol == "HTTP":
            return NOT_APPLICABLE, "HTTP API"
        level = stage["DefaultRouteSettings"]["LoggingLevel"]
        overrides = {s.get("LoggingLevel") for s in stage.get("RouteSettings", {}).values()}
        case = f"WebSocket {level}" + ("".join(f", a route {o}" for o in sorted(overrides)))
        return PASSED if level in self.log_levels() else FAILED, case

    def access_logs(self, protocol, stage):
        settings = stage.get("AccessLogSettings")
        if not settings:
            return FAILED, f"{protocol} without access logs"
        if not settings.get("DestinationArn"):
            return FAILED, f"{protocol} with an empty destination"
        return PASSED, f"{protocol} with access logs"

    def authorization(self, protocol, route):
        kind, key = route["AuthorizationType"], route["RouteKey"]
        wanted = self.params.get("APIGateway.8.authorizationType")
        good = kind == wanted if wanted else kind in ("AWS_IAM", "CUSTOM", "JWT")
        if protocol == "WEBSOCKET" and key != "$connect":
            exempt = self.params.get("APIGateway.8.exemptUnauthorizableRoutes") == "true"
            return NOT_APPLICABLE if exempt else FAILED, "WEBSOCKET not $connect"
        special = {"OPTIONS /{proxy+}": " preflight", "$default": " $default"}.get(key, "")
        return PASSED if good else FAILED, f"{protocol} {kind}{special if kind == 'NONE' else ''}"

    def private_tls(self, protocol, integration):
        kind = integration.get("ConnectionType")
        case = f"{protocol} {kind or 'unsaid'}"
        if protocol != "HTTP" or kind != "VPC_LINK":
            return NOT_APPLICABLE, case
        return (PASSED, case + " with TLS") if integration.get("TlsConfig") else (FAILED, case + " without TLS")


def every(client, operation, **arguments):
    """All items of all pages, whatever the service calls the list."""
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page.get("items") or page.get("Items") or []


def sessions(regions, accounts, role):
    for region in regions:
        here = boto3.Session(region_name=region)
        if not accounts:
            yield here
        for account in accounts:
            arn = f"arn:aws:iam::{account}:role/{role}"
            keys = here.client("sts").assume_role(RoleArn=arn, RoleSessionName="oracle")["Credentials"]
            yield boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--region", action="append", required=True)
    parser.add_argument("--account", action="append", default=[])
    parser.add_argument("--role-name")
    parser.add_argument("--param", action="append", default=[])
    args = parser.parse_args()
    params = dict(param.split("=", 1) for param in args.param)
    found = [f for s in sessions(args.region, args.account, args.role_name) for f in Oracle(s, params).everything()]
    print(json.dumps(found))


main()
