"""Prints what cfn-lint and botocore know of the types, services and prefixes that standard input names.

No private function of cfn-lint is used but its manager of schemas, which the tests' requirements pin.
"""

import json
import os
import sys

import botocore
import cfnlint.data.AdditionalSpecs as specs
from botocore.loaders import Loader
from cfnlint.schema import ResourceNotFoundError
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER as schemas

asked = json.load(sys.stdin)
out = {"types": {}, "actions": {}, "operations": {}, "errors": {}}

for name in asked["types"]:
    try:
        out["types"][name] = schemas.get_resource_schema("us-east-1", name).schema
    except ResourceNotFoundError:
        pass

with open(os.path.join(os.path.dirname(specs.__file__), "Policies.json"), encoding="utf-8") as f:
    policies = json.load(f)
for prefix in asked["prefixes"]:
    out["actions"][prefix] = sorted(policies.get(prefix, {}).get("Actions", {}))

loader = Loader()
for service in asked["services"]:
    model = loader.load_service_model(service, "service-2")
    out["operations"][service] = sorted(model["operations"])

model = loader.load_service_model("securityhub", "service-2")
out["asff"] = sorted(model["shapes"]["ResourceDetails"]["members"])
json.dump(out, sys.stdout)
