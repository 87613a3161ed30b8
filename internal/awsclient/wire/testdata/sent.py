"""Makes calls with real clients of botocore, and writes what each would send.

Reads a list of calls; writes for each [URL, signing name, signing Region], or
botocore's refusal alone.
"""
import json
import sys

import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

session = botocore.session.Session()
clients = {}
sent = []


def keep(request, **_):
    sent.append(request)
    return AWSResponse(request.url, 400, {}, None)


def client(service, region, fips, dual, endpoint):
    key = (service, region, fips, dual, endpoint)
    if key not in clients:
        made = clients[key] = session.create_client(
            service, region_name=region, aws_access_key_id="a", aws_secret_access_key="b", endpoint_url=endpoint or None,
            config=Config(use_fips_endpoint=fips, use_dualstack_endpoint=dual, retries={"total_max_attempts": 1},
                          s3={"us_east_1_regional_endpoint": "regional"}))
        made.meta.events.register("before-send", keep)
    return clients[key]


def ask(call):
    sent.clear()
    try:
        made = client(*(call[k] for k in ("service", "region", "fips", "dual", "endpoint")))
        getattr(made, call["operation"])(**call["in"])
    except BotoCoreError as refusal:
        if not sent:
            return [str(refusal)]
    except (ClientError, AttributeError):
        pass  # the answer is none
    scope = sent[0].headers["Authorization"].decode().split("Credential=")[1].split(",")[0].split("/")
    return [sent[0].url, scope[3], scope[2]]


json.dump([ask(call) for call in json.load(sys.stdin)], sys.stdout)
