"""boto3's clients of moto, for account.py and oracle.py."""

import sys

import boto3
from botocore.config import Config

ENDPOINT = sys.argv[1]
SCANNED, ELSEWHERE, GLOBAL = ("ap-northeast-1", "us-east-1"), "eu-west-1", "us-east-1"
ACCOUNT = "123456789012"
clients = {}


def client(service, region, days=0, key=None):
    """A client. With days, what it does is done so many days ago (outside/testdata/moto/server.py)."""
    id = (service, region, days, key and key["AccessKeyId"])
    if id not in clients:
        clients[id] = boto3.client(
            service,
            endpoint_url=ENDPOINT,
            region_name=region,
            aws_access_key_id=key["AccessKeyId"] if key else "a",
            aws_secret_access_key=key["SecretAccessKey"] if key else "b",
            config=Config(user_agent_extra=f"days-ago/{days}", retries={"max_attempts": 0}),
        )
        if service == "s3control":  # moto has no host for each account
            clients[id].meta.events.register("before-sign.s3-control", without_account)
    return clients[id]


def without_account(request, **_):
    request.url = request.url.replace(f"//{ACCOUNT}.", "//")
