"""Fills one account of moto with API Gateway resources that differ in everything the controls look at.

The same --seed gives the same resources. Connection and keys come from the usual AWS variables;
with --account, the resources go into that account, whose keys AssumeRole gives out.
"""

import argparse
import random

import boto3

ROLE = "KumobanScan"
LOG_GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:access"
DOMAIN_POLICIES = [
    "SecurityPolicy_TLS13_1_3_2025_09",
    "SecurityPolicy_TLS13_1_3_FIPS_2025_09",
    "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
    "SecurityPolicy_TLS13_2025_EDGE",
    "SecurityPolicy_TLS12_PFS_2025_EDGE",
    "TLS_1_2",
    "TLS_1_0",
    "SecurityPolicy_TLS13_1_2_2021_06",
    "SecurityPolicy_TLS13_1_2_PQ_2025_09",
    "SecurityPolicy_TLS12_2018_EDGE",
]
INTEGRATION_MIXES = [
    ["HTTP"],
    ["HTTP_PROXY"],
    ["AWS_PROXY"],
    ["MOCK"],
    ["AWS", "AWS_PROXY"],
    ["AWS_PROXY", "HTTP"],
    ["MOCK", "HTTP_PROXY"],
    [],
]
# What the settings of a stage's methods look like: (key, caching, encrypted, log level); None is left as it starts.
BOTH = "*/*"
SETTINGS = [
    [],
    [(BOTH, None, None, "INFO")],
    [(BOTH, None, None, "ERROR"), ("~1orders/GET", None, None, "INFO")],
    [(BOTH, None, None, "INFO"), ("~1orders~1{id}/GET", None, None, "OFF")],
    [(BOTH, None, None, "OFF"), ("orders/GET", None, None, "ERROR")],
    [("~1orders/GET", None, None, "ERROR"), ("pets/POST", None, None, "INFO")],
    [("~1orders/GET", None, None, "INFO"), ("pets/POST", None, None, "OFF")],
    [("~1/HEAD", None, True, "INFO")],
    [(BOTH, True, True, "INFO")],
    [(BOTH, True, None, "ERROR")],
    [(BOTH, True, False, None)],
    [(BOTH, True, True, "INFO"), ("orders/GET", True, None, "INFO")],
    [(BOTH, True, True, None), ("~1orders~1{id}/GET", True, False, None)],
    [(BOTH, True, True, "INFO"), ("~1orders/GET", False, False, "ERROR")],
    [(BOTH, False, None, "INFO"), ("~1orders/GET", True, False, "INFO")],
    [(BOTH, False, False, "INFO"), ("orders/GET", True, True, "OFF")],
    [("pets/POST", True, False, "INFO"), ("~1pets/GET", True, True, "INFO")],
    [("~1pets/GET", True, True, None)],
]


class Account:
    def __init__(self, region, account, seed):
        session = boto3.Session(region_name=region)
        if account:
            arn = f"arn:aws:iam::{account}:role/{ROLE}"
            keys = session.client("sts").assume_role(RoleArn=arn, RoleSessionName="seed")["Credentials"]
            session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region)
        self.account = account or session.client("sts").get_caller_identity()["Account"]
        self.random = random.Random(f"{seed}/{region}/{account}")
        self.rest = session.client("apigateway")
        self.v2 = session.client("apigatewayv2")
        self.waf = session.client("wafv2")
        self.web_acl = None

    def deck(self, cards):
        """Deals every card once before any card twice, in an order that the seed decides."""
        while True:
            yield from self.random.sample(cards, len(cards))

    def fill(self, args):
        links = [self.v2.create_vpc_link(Name=f"link-{n}", SubnetIds=["subnet-1"])["VpcLinkId"] for n in range(args.vpc_links)]
        self.rest_apis(args.rest)
        self.http_apis(args.http, links)
        self.websocket_apis(args.websocket, links)
        for n, policy in zip(range(args.domains), DOMAIN_POLICIES):
            self.rest.create_domain_name(domainName=f"d{n}.example.com", securityPolicy=policy)

    # REST

    def rest_apis(self, count):
        mixes, settings = self.deck(INTEGRATION_MIXES), self.deck(SETTINGS)
        for n in range(count):
            api = self.rest.create_rest_api(name=f"rest-{n}")["id"]
            deployment = self.methods(api, next(mixes))
            for stage in range(0 if n % 10 == 9 else self.random.choice([1, 1, 2, 3])):
                self.rest_stage(api, deployment, f"s{stage}", next(settings))

    def methods(self, api, types):
        root = self.rest.get_resources(restApiId=api)["items"][0]["id"]
        orders = self.rest.create_resource(restApiId=api, parentId=root, pathPart="orders")["id"]
        item = self.rest.create_resource(restApiId=api, parentId=orders, pathPart="{id}")["id"]
        places = [(root, "ANY"), (orders, "GET"), (item, "GET")]
        for (resource, verb), kind in zip(places, types or ["MOCK"]):
            where = {"restApiId": api, "resourceId": resource, "httpMethod": verb}
            self.rest.put_method(**where, authorizationType="NONE")
            self.rest.put_integration(**where, type=kind, integrationHttpMethod="POST", **self.target(kind))
        deployment = self.rest.create_deployment(restApiId=api)["id"]
        if not types:  # an API whose last method was deleted after the deployment
            self.rest.delete_method(restApiId=api, resourceId=root, httpMethod="ANY")
        return deployment

    def target(self, kind):
        if kind.startswith("HTTP"):
            return {"uri": "https://backend.example.com/"}
        if kind.startswith("AWS"):
            function = f"arn:aws:lambda:us-east-1:{self.account}:function:f"
            path = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"
            return {"uri": path, "credentials": f"arn:aws:iam::{self.account}:role/invoke"}
        return {}

    def rest_stage(self, api, deployment, name, settings):
        draw = self.random.random
        stage = {"restApiId": api, "stageName": name}
        if draw() < 0.2:
            self.rest.create_deployment(**stage)  # a stage that no CreateStage made
        else:
            tracing = self.random.choice([{}, {"tracingEnabled": True}, {"tracingEnabled": False}])
            self.rest.create_stage(**stage, deploymentId=deployment, **tracing)
        patch = [("/tracingEnabled", "true")] if draw() < 0.3 else []
        patch += [("/clientCertificateId", "c0ffee")] if draw() < 0.35 else []
        patch += [("/cacheClusterEnabled", "true"), ("/cacheClusterSize", "0.5")] if draw() < 0.5 else []
        for key, caching, encrypted, level in settings:
            fields = {"metrics/enabled": True, "caching/enabled": caching, "caching/dataEncrypted": encrypted, "logging/loglevel": level}
            patch += [(f"/{key}/{f}", str(v) if f.startswith("logging") else str(v).lower()) for f, v in fields.items() if v is not None]
        operations = [{"op": "replace", "path": path, "value": value} for path, value in patch]
        self.rest.update_stage(**stage, patchOperations=operations)
        if draw() < 0.4:
            self.associate_web_acl(api, name)

    def associate_web_acl(self, api, stage):
        if not self.web_acl:
            visible = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "m"}
            made = self.waf.create_web_acl(Name="acl", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visible)
            self.web_acl = made["Summary"]["ARN"]
        region = self.rest.meta.region_name
        arn = f"arn:aws:apigateway:{region}::/restapis/{api}/stages/{stage}"
        self.waf.associate_web_acl(WebACLArn=self.web_acl, ResourceArn=arn)

    # HTTP and WebSocket

    def http_apis(self, count, links):
        logs, routes = self.deck(["none", "created", "updated", "deleted", "no destination"]), self.deck(["NONE", "AWS_IAM", "JWT", "CUSTOM"])
        kinds = self.deck(["unsaid", "internet", "private", "private with TLS"] if links else ["unsaid", "internet"])
        for n in range(count):
            api = self.v2.create_api(Name=f"http-{n}", ProtocolType="HTTP")["ApiId"]
            for name in [[], ["$default"], ["$default", "dev"], ["prod"], ["v1", "v2", "v3"]][n % 5]:
                self.v2_stage(api, name, next(logs))
            authorizers = self.authorizers(api)
            for key in self.random.sample(["GET /", "GET /pets", "POST /pets", "OPTIONS /{proxy+}", "$default"], n % 6):
                self.route(api, key, next(routes), authorizers)
            for _ in range(n % 4):
                self.http_integration(api, next(kinds), links)

    def v2_stage(self, api, name, logs, **more):
        where = {"ApiId": api, "StageName": name}
        destination = "" if logs == "no destination" else LOG_GROUP
        settings = {"AccessLogSettings": {"DestinationArn": destination, "Format": "$context.requestId"}}
        self.v2.create_stage(**where, **more, **(settings if logs in ("created", "deleted", "no destination") else {}))
        if logs == "updated":
            self.v2.update_stage(**where, **settings)
        if logs == "deleted":
            self.v2.delete_access_log_settings(**where)

    def authorizers(self, api):
        jwt = {"Audience": ["a"], "Issuer": "https://issuer.example.com"}
        source = ["$request.header.Authorization"]
        make = self.v2.create_authorizer
        uri = "arn:aws:apigateway:us-east-1:lambda:path/f"
        return {
            "JWT": make(ApiId=api, Name="j", AuthorizerType="JWT", IdentitySource=source, JwtConfiguration=jwt)["AuthorizerId"],
            "CUSTOM": make(
                ApiId=api, Name="c", AuthorizerType="REQUEST", IdentitySource=source, AuthorizerUri=uri, AuthorizerPayloadFormatVersion="2.0"
            )["AuthorizerId"],
        }

    def route(self, api, key, kind, authorizers):
        said = {} if kind == "NONE" and self.random.random() < 0.5 else {"AuthorizationType": kind}
        if kind in authorizers:
            said["AuthorizerId"] = authorizers[kind]
        self.v2.create_route(ApiId=api, RouteKey=key, **said)

    def http_integration(self, api, kind, links):
        connection = {
            "unsaid": {},
            "internet": {"ConnectionType": "INTERNET"},
            "private": {"ConnectionType": "VPC_LINK"},
            "private with TLS": {"ConnectionType": "VPC_LINK", "TlsConfig": {"ServerNameToVerify": "b.example.com"}},
        }[kind]
        if kind.startswith("private"):
            connection["ConnectionId"] = self.random.choice(links)
        uri = "https://backend.example.com/"
        self.v2.create_integration(ApiId=api, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", IntegrationUri=uri, PayloadFormatVersion="1.0", **connection)

    def websocket_apis(self, count, links):
        logs = self.deck(["none", "created", "no destination", "updated"])
        levels = self.deck([None, "OFF", "ERROR", "INFO", "INFO but a route is OFF", "OFF but a route is INFO"])
        connect = self.deck(["NONE", "AWS_IAM", "CUSTOM"])
        for n in range(count):
            expression = "$request.body.action"
            api = self.v2.create_api(Name=f"ws-{n}", ProtocolType="WEBSOCKET", RouteSelectionExpression=expression)["ApiId"]
            for name in ["prod", "dev"][: 1 + (n + 1) % 2]:
                self.v2_stage(api, name, next(logs), **self.logging(next(levels)))
            self.route(api, "$connect", next(connect), self.authorizers(api))
            for key in ["$disconnect", "$default", "send"][: n % 4]:
                self.route(api, key, "NONE", {})
            private = {"ConnectionType": "VPC_LINK", "ConnectionId": links[0]} if links and n % 2 else {}
            self.v2.create_integration(ApiId=api, IntegrationType="HTTP", IntegrationMethod="POST", IntegrationUri="http://b.internal", **private)
            self.v2.create_integration(ApiId=api, IntegrationType="MOCK")

    @staticmethod
    def logging(level):
        if level is None:
            return {}
        default, _, route = level.partition(" but a route is ")
        settings = {"DefaultRouteSettings": {"LoggingLevel": default}}
        if route:
            settings["RouteSettings"] = {"$connect": {"LoggingLevel": route}}
        return settings


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--region", required=True)
    parser.add_argument("--account")
    parser.add_argument("--seed", type=int, required=True)
    for what in ("rest", "http", "websocket", "vpc-links", "domains"):
        parser.add_argument(f"--{what}", type=int, default=0)
    args = parser.parse_args()
    Account(args.region, args.account, args.seed).fill(args)


main()
