"""Serializes inputs, or parses answers, as botocore does: one JSON line each."""
import base64, datetime, json, sys
import botocore.session
from botocore.awsrequest import HeadersDict
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from botocore.utils import parse_timestamp

loader, models = botocore.session.Session().get_component("data_loader"), {}


def operation(service, name):
    if service not in models:
        models[service] = ServiceModel(loader.load_service_model(service, "service-2"), service)
    return models[service].operation_model(name)


def load(v):
    if isinstance(v, dict):
        if "$time" in v:
            return parse_timestamp(v["$time"])
        if "$blob" in v:
            return base64.b64decode(v["$blob"])
        return {k: load(x) for k, x in v.items()}
    return [load(x) for x in v] if isinstance(v, list) else v


def dump(v):
    if isinstance(v, datetime.datetime):
        return {"$time": v.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")}
    if isinstance(v, bytes):
        return {"$blob": base64.b64encode(v).decode()}
    if isinstance(v, dict):
        return {k: dump(x) for k, x in v.items() if k != "ResponseMetadata"}
    return [dump(x) for x in v] if isinstance(v, list) else v


for line in sys.stdin:
    ask = json.loads(line)
    op = operation(ask["service"], ask["operation"])
    if "in" in ask:
        r = create_serializer(ask["protocol"], False).serialize_to_request(load(ask["in"]), op)
        body = r["body"]
        if isinstance(body, dict):
            body = {k: str(v) for k, v in body.items()}
        else:
            body = body.decode() if isinstance(body, bytes) else body
        print(json.dumps({"method": r["method"], "path": r["url_path"], "query": r["query_string"] or {}, "body": body,
                          "headers": r["headers"], "host": r.get("host_prefix") or ""}, default=str))
    else:
        a = {"status_code": ask["status"], "headers": HeadersDict(ask["headers"]), "body": ask["body"].encode()}
        print(json.dumps(dump(create_parser(ask["protocol"]).parse(a, op.output_shape))))
