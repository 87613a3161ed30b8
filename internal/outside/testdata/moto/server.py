"""moto's own server, started after behaviour it lacks was added.

By hand:  python3 internal/outside/testdata/moto/server.py --port 5000

Added, each as AWS does it:
- REST stages: a new method setting starts with cacheDataEncrypted false and the usual
  throttling, and can be removed; loggingLevel is left out while logging is off;
  clientCertificateId can be patched and is returned.
- HTTP and WebSocket stages: UpdateStage, DeleteAccessLogSettings; a WebSocket stage always
  shows its loggingLevel, an HTTP stage never has one and refuses to be given one.
- KMS: a key policy that is asked for without its name is the one named default.
- S3: a listing says in which Region each bucket is.
- CloudFront: the ARN of a distribution has an empty Region, and an origin that is a bucket says so.
- EC2: a version of a launch template has what it does not name from the version that it is made from.
- RDS: a cluster can be told to take tokens of IAM, and its members say so as it does.
- CloudTrail: GetEventSelectors, too, knows a shadow trail by its ARN.

And one thing that takes months in AWS: what IAM does for a caller whose user agent says
days-ago/100 happens 100 days ago.
"""

import argparse
import json
import os
import re
import sys
import threading
from datetime import datetime, timedelta
from importlib.metadata import version
from urllib.parse import unquote

WANTED = "5.2.1"
if version("moto") != WANTED:
    sys.exit(f"moto {version('moto')} is installed, these additions are written for {WANTED}")
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

from moto.apigateway import models as rest, urls as rest_urls  # noqa: E402
from moto.apigatewayv2 import models as v2, urls as v2_urls  # noqa: E402
from moto.apigatewayv2.exceptions import BadRequestException  # noqa: E402
from moto.apigatewayv2.responses import ApiGatewayV2Response  # noqa: E402
from moto.cloudfront import models as cloudfront  # noqa: E402
from moto.cloudtrail import models as cloudtrail  # noqa: E402
from moto.ec2.models import launch_templates  # noqa: E402
from moto.ec2.responses.launch_templates import LaunchTemplates  # noqa: E402
from moto.iam import models as iam  # noqa: E402
from moto.kms.responses import KmsResponse  # noqa: E402
from moto.rds import models as rds  # noqa: E402
from moto.s3.responses import S3Response  # noqa: E402
from moto.server import DomainDispatcherApplication, create_backend_app  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402


def add_to_rest_stages():
    stage = rest.Stage
    defaults, patch_setting = stage._get_default_method_settings, stage._patch_method_setting
    apply, to_json = stage.apply_operations, stage.to_json

    def get_default_method_settings(self):
        return {**defaults(self), "cacheDataEncrypted": False, "throttlingBurstLimit": 5000, "throttlingRateLimit": 10000.0}

    def patch_method_setting(self, method, key, value):
        patch_setting(self, method, key, value)
        if self.method_settings.get(method, {}).get("loggingLevel") == "OFF":
            del self.method_settings[method]["loggingLevel"]

    def apply_operations(self, operations):
        certificate = [op for op in operations if op["path"] == "/clientCertificateId"]
        for op in certificate:
            self.client_certificate_id = op.get("value") if op["op"] != "remove" else None
        removed = [op for op in operations if op["op"] == "remove" and op["path"][1:] in self.method_settings]
        for op in removed:
            del self.method_settings[op["path"][1:]]
        return apply(self, [op for op in operations if op not in certificate + removed])

    def stage_to_json(self):
        certificate = getattr(self, "client_certificate_id", None)
        return to_json(self) | ({"clientCertificateId": certificate} if certificate else {})

    stage._get_default_method_settings = get_default_method_settings
    stage._patch_method_setting = patch_method_setting
    stage.apply_operations = apply_operations
    stage.to_json = stage_to_json


def route_settings(protocol, given):
    """The settings as AWS stores and returns them: whole, and with logging on WebSocket only."""
    if protocol == "WEBSOCKET":
        off = {"dataTraceEnabled": False, "detailedMetricsEnabled": False, "loggingLevel": "OFF"}
        return off | (given or {})
    if (given or {}).get("loggingLevel", "OFF") != "OFF" or (given or {}).get("dataTraceEnabled"):
        raise BadRequestException("Execution logs are not supported on protocolType HTTP")
    kept = {k: v for k, v in (given or {}).items() if k not in ("loggingLevel", "dataTraceEnabled")}
    return {"detailedMetricsEnabled": False} | kept


def add_to_v2_stages():
    init = v2.Stage.__init__

    def shape(stage, protocol, config):
        stage.default_route_settings = route_settings(protocol, config.get("defaultRouteSettings"))
        overrides = config.get("routeSettings") or {}
        stage.route_settings = {key: route_settings(protocol, s) for key, s in overrides.items()}

    def stage_init(self, api, config):
        init(self, api, config)
        shape(self, api.protocol_type, config)

    def stage_of(request, position):
        parts = request.path.split("/")
        api = request.apigatewayv2_backend.get_api(parts[3])
        return api, api.get_stage(unquote(parts[position]))

    def update_stage(self):
        api, stage = stage_of(self, 5)
        given = json.loads(self.body)
        config = {"defaultRouteSettings": stage.default_route_settings, "routeSettings": stage.route_settings}
        shape(stage, api.protocol_type, config | given)
        renamed = {
            "accessLogSettings": "access_log_settings",
            "autoDeploy": "auto_deploy",
            "clientCertificateId": "client_certificate_id",
            "description": "description",
            "stageVariables": "stage_variables",
        }
        for field in given.keys() & renamed.keys():
            setattr(stage, renamed[field], given[field])
        stage.updated = datetime.now()
        return 200, {}, json.dumps(stage.to_json())

    def delete_access_log_settings(self):
        stage_of(self, 5)[1].access_log_settings = None
        return 204, {"status": 204}, ""  # moto takes the code from this header

    v2.Stage.__init__ = stage_init
    ApiGatewayV2Response.update_stage = update_stage
    ApiGatewayV2Response.delete_access_log_settings = delete_access_log_settings
    path = "{0}/v2/apis/(?P<api_id>[^/]+)/stages/(?P<stage_name>[^/]+)/accesslogsettings$"
    for urls in (v2_urls, rest_urls):  # v1's module serves v2's paths from its own copy
        urls.url_paths[path] = ApiGatewayV2Response.dispatch


def add_to_kms():
    get = KmsResponse.get_key_policy

    def get_key_policy(self):
        self.body = json.dumps({"PolicyName": "default"} | json.loads(self.body))
        return get(self)

    KmsResponse.get_key_policy = get_key_policy


def add_to_s3():
    serialized = S3Response.serialized

    def with_regions(self, answer):
        if self.data.get("Action") == "ListBuckets":
            for bucket in answer.result["Buckets"]:
                bucket["BucketRegion"] = self.backend.get_bucket(bucket["Name"]).region_name
        return serialized(self, answer)

    S3Response.serialized = with_regions


def add_to_cloudfront():
    init = cloudfront.Distribution.__init__

    def distribution_init(self, account_id, region_name, config):
        init(self, account_id, region_name, config)
        self.arn = self.arn.replace(":cloudfront:", ":cloudfront::")

    cloudfront.Distribution.__init__ = distribution_init
    make = cloudfront.Origin.__init__

    def origin_init(self, origin):
        make(self, origin)
        if "S3OriginConfig" in origin:
            self.s3_origin_config = origin["S3OriginConfig"]

    cloudfront.Origin.__init__ = origin_init


def add_to_launch_templates():
    respond, create = LaunchTemplates.create_launch_template_version, launch_templates.LaunchTemplate.create_version
    source = threading.local()

    def create_launch_template_version(self):
        source.version = self._get_param("SourceVersion")
        return respond(self)

    def create_version(self, data, description):
        version, source.version = getattr(source, "version", None), None
        return create(self, {**self.get_version(version).data, **data} if version else data, description)

    LaunchTemplates.create_launch_template_version = create_launch_template_version
    launch_templates.LaunchTemplate.create_version = create_version


def add_to_rds():
    modify = rds.RDSBackend.modify_db_cluster

    def modify_db_cluster(self, kwargs):
        answer = modify(self, kwargs)
        cluster = self.clusters[answer.db_cluster_identifier]
        if kwargs.get("enable_iam_database_authentication") is not None:
            cluster.iam_auth = kwargs["enable_iam_database_authentication"]
        return cluster

    rds.RDSBackend.modify_db_cluster = modify_db_cluster
    rds.DBInstanceClustered.iam_database_authentication_enabled = property(lambda self: self.cluster.iam_database_authentication_enabled)


def add_to_cloudtrail():
    backend = cloudtrail.CloudTrailBackend
    get = backend.get_event_selectors

    def get_event_selectors(self, trail_name):
        home = next((t.region_name for t in self.describe_trails(True) if t.arn == trail_name), self.region_name)
        return get(cloudtrail.cloudtrail_backends[self.account_id][home], trail_name)

    backend.get_event_selectors = get_event_selectors


def with_past(app):
    """An application that lets IAM take another day for today, as the caller's user agent says."""
    at, now = threading.local(), iam.utcnow

    def answer(environ, start_response):
        said = re.search(r"\bdays-ago/(\d+)", environ.get("HTTP_USER_AGENT", ""))
        at.days = int(said[1]) if said else 0
        return app(environ, start_response)

    iam.utcnow = lambda: now() - timedelta(days=getattr(at, "days", 0))
    return answer


def exit_when_stdin_closes():
    """The starting process holds our stdin: however it ends, even by a kill, so do we."""

    def wait():
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="0: any free one; it is printed")
    parser.add_argument("--until-stdin-closes", action="store_true")
    args = parser.parse_args()
    if args.until_stdin_closes:
        exit_when_stdin_closes()
    add_to_rest_stages()
    add_to_v2_stages()
    add_to_kms()
    add_to_cloudtrail()
    add_to_s3()
    add_to_cloudfront()
    add_to_launch_templates()
    add_to_rds()
    app = with_past(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", args.port, app, threaded=True)
    os.environ["MOTO_PORT"] = str(server.port)
    print(f"http://127.0.0.1:{server.port}", flush=True)
    server.serve_forever()


main()
