"""What AWS's pages say of an account: verdicts of controls, for whatever is there.

python3 oracle.py http://127.0.0.1:5000 NOW

It reads with boto3 and judges by the pages of AWS's user guides alone (Security Hub's
<service>-controls.md, and where those are silent the page of the AWS Config rule that they
name), not by kumoban's code. Where the pages leave something open a comment says what is
taken for it, and docs/facts has the reason. NOW is the time of the scan, in ISO 8601. It
prints one line of JSON a verdict.
"""

import json
import sys
from datetime import datetime, timedelta

import mocked
from botocore.exceptions import ClientError
from mocked import ACCOUNT, GLOBAL, SCANNED

NOW = datetime.fromisoformat(sys.argv[2])
OF_ACCOUNT = f"AWS::::Account:{ACCOUNT}"
PASSED, FAILED, NONE = "PASSED", "FAILED", "NOT_APPLICABLE"
judged = set()


def client(service, region=GLOBAL):
    return mocked.client(service, region)


def say(control, region, arn, status):
    if status is True or status is False:
        status = PASSED if status else FAILED
    judged.add((control, region))
    print(json.dumps({"control": control, "region": region, "arn": arn, "status": status}))


def say_nothing_there(control, region):
    """Security Hub has one PASSED finding, on the account, where a control has nothing to judge."""
    if (control, region) not in judged:
        say(control, region, OF_ACCOUNT, PASSED)


def every(service, region, operation, key, **given):
    api = client(service, region)
    if api.can_paginate(operation):
        for page in api.get_paginator(operation).paginate(**given):
            yield from page.get(key, [])
    else:
        yield from getattr(api, operation)(**given)[key]


def unless(code, call, **given):
    """An answer, or None where AWS says that there is none."""
    try:
        return call(**given)
    except ClientError as e:
        if e.response["Error"]["Code"] != code:
            raise
        return None


FOUR = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def blocks(call, **given):
    return (unless("NoSuchPublicAccessBlockConfiguration", call, **given) or {}).get("PublicAccessBlockConfiguration", {})


def s3():
    # S3.1: fails if any of the four is false or not configured.
    block = blocks(client("s3control").get_public_access_block, AccountId=ACCOUNT)
    say("S3.1", GLOBAL, OF_ACCOUNT, all(block.get(k) is True for k in FOUR))

    for bucket in client("s3").list_buckets()["Buckets"]:
        name = bucket["Name"]
        region = client("s3").get_bucket_location(Bucket=name).get("LocationConstraint") or "us-east-1"
        if region not in SCANNED:
            continue
        api, arn = client("s3", region), "arn:aws:s3:::" + name
        # S3.8: fails if any of the four is false; none is configured is none is true.
        block = blocks(api.get_public_access_block, Bucket=name)
        say("S3.8", region, arn, all(block.get(k) is True for k in FOUR))
        # S3.9
        say("S3.9", region, arn, "LoggingEnabled" in api.get_bucket_logging(Bucket=name))
        # S3.13: the page wants a lifecycle configuration, Config's page an active rule in it.
        rules = unless("NoSuchLifecycleConfiguration", api.get_bucket_lifecycle_configuration, Bucket=name)
        say("S3.13", region, arn, any(r["Status"] == "Enabled" for r in (rules or {}).get("Rules", [])))


def sqs(region):
    for url in every("sqs", region, "list_queues", "QueueUrls"):
        a = client("sqs", region).get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        say("SQS.1", region, a["QueueArn"], a.get("KmsMasterKeyId", "") != "" or a.get("SqsManagedSseEnabled") == "true")


def dynamodb(region):
    api = client("dynamodb", region)
    for table in every("dynamodb", region, "list_tables", "TableNames"):
        backups = api.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
        status = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
        say("DynamoDB.2", region, api.describe_table(TableName=table)["Table"]["TableArn"], status == "ENABLED")


def kms(region):
    for key in every("kms", region, "list_keys", "Keys"):
        about = client("kms", region).describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        say("KMS.3", region, about["Arn"], about["KeyState"] not in ("PendingDeletion", "PendingReplicaDeletion"))


HIGH_RISK = "20,21,22,23,25,110,135,143,445,1433,1434,3000,3306,3389,4333,5000,5432,5500,5601,8080,8088,8888,9200,9300"
HIGH_RISK = [int(p) for p in HIGH_RISK.split(",")]


def opens(rule):
    """Whether a rule lets the world to a port with high risk; Config's page says TCP."""
    wide = [x["CidrIp"] for x in rule.get("IpRanges", [])] + [x["CidrIpv6"] for x in rule.get("Ipv6Ranges", [])]
    if not {"0.0.0.0/0", "::/0"} & set(wide):
        return False
    if rule["IpProtocol"] == "-1":
        return True
    return rule["IpProtocol"] in ("tcp", "6") and any(rule["FromPort"] <= p <= rule["ToPort"] for p in HIGH_RISK)


def ec2(region):
    api = client("ec2", region)

    def arn(kind, id):
        return f"arn:aws:ec2:{region}:{ACCOUNT}:{kind}/{id}"

    for group in every("ec2", region, "describe_security_groups", "SecurityGroups"):
        at = arn("security-group", group["GroupId"])
        # EC2.2 is about default groups alone.
        closed = not group["IpPermissions"] and not group["IpPermissionsEgress"]
        say("EC2.2", region, at, closed if group["GroupName"] == "default" else NONE)
        # EC2.19: the page says any group, whatever uses it.
        say("EC2.19", region, at, not any(opens(rule) for rule in group["IpPermissions"]))

    flows = list(every("ec2", region, "describe_flow_logs", "FlowLogs"))
    for vpc in every("ec2", region, "describe_vpcs", "Vpcs"):
        # EC2.6: trafficType REJECT; its remediation says Reject or All.
        of = [f for f in flows if f["ResourceId"] == vpc["VpcId"] and f["FlowLogStatus"] == "ACTIVE"]
        say("EC2.6", region, arn("vpc", vpc["VpcId"]), any(f["TrafficType"] in ("REJECT", "ALL") for f in of))

    say("EC2.7", region, OF_ACCOUNT, api.get_ebs_encryption_by_default()["EbsEncryptionByDefault"])

    for reservation in every("ec2", region, "describe_instances", "Reservations"):
        for i in reservation["Instances"]:
            # EC2.8. The page is silent on states; what is terminated is no instance any more.
            if i["State"]["Name"] != "terminated":
                say("EC2.8", region, arn("instance", i["InstanceId"]), i["MetadataOptions"]["HttpTokens"] == "required")

    for s in every("ec2", region, "describe_subnets", "Subnets"):
        say("EC2.15", region, s["SubnetArn"], not s["MapPublicIpOnLaunch"] and not s["AssignIpv6AddressOnCreation"])

    for t in every("ec2", region, "describe_launch_templates", "LaunchTemplates"):
        # EC2.25: Config's page says the default version.
        which = {"LaunchTemplateId": t["LaunchTemplateId"], "Versions": [str(t["DefaultVersionNumber"])]}
        version = api.describe_launch_template_versions(**which)["LaunchTemplateVersions"][0]
        interfaces = version["LaunchTemplateData"].get("NetworkInterfaces", [])
        public = any(i.get("AssociatePublicIpAddress") is True for i in interfaces)
        say("EC2.25", region, arn("launch-template", t["LaunchTemplateId"]), not public)


def elb(region):
    for b in every("elbv2", region, "describe_load_balancers", "LoadBalancers"):
        about = client("elbv2", region).describe_load_balancer_attributes(LoadBalancerArn=b["LoadBalancerArn"])
        drops = {a["Key"]: a["Value"] for a in about["Attributes"]}.get("routing.http.drop_invalid_header_fields.enabled", "false")
        # ELB.4 is about Application Load Balancers; by default those drop nothing.
        say("ELB.4", region, b["LoadBalancerArn"], drops == "true" if b["Type"] == "application" else NONE)
    for b in every("elb", region, "describe_load_balancers", "LoadBalancerDescriptions"):
        name = b["LoadBalancerName"]
        about = client("elb", region).describe_load_balancer_attributes(LoadBalancerName=name)["LoadBalancerAttributes"]
        # ELB.14: the user guide says that the default is defensive.
        mode = {a["Key"]: a["Value"] for a in about.get("AdditionalAttributes", [])}.get("elb.http.desyncmitigationmode", "defensive")
        say("ELB.14", region, f"arn:aws:elasticloadbalancing:{region}:{ACCOUNT}:loadbalancer/{name}", mode in ("defensive", "strictest"))


def ecs(region):
    for cluster in every("ecs", region, "list_clusters", "clusterArns"):
        for service in every("ecs", region, "list_services", "serviceArns", cluster=cluster):
            about = client("ecs", region).describe_services(cluster=cluster, services=[service])["services"][0]
            own = about.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
            # ECS.2 fails on ENABLED; what has no such configuration has nothing that is enabled.
            say("ECS.2", region, service, own.get("assignPublicIp") != "ENABLED")


SUPPORTED = """dotnet10, dotnet8, java25, java21, java17, java11, java8.al2, java17.al2023, java11.al2023, java8.al2023,
nodejs24.x, nodejs22.x, python3.14, python3.13, python3.12, python3.11, python3.10, ruby4.0, ruby3.4, ruby3.3"""
SUPPORTED = SUPPORTED.replace(",", " ").split()


def awslambda(region):
    zones = {s["SubnetId"]: s["AvailabilityZone"] for s in every("ec2", region, "describe_subnets", "Subnets")}
    for f in every("lambda", region, "list_functions", "Functions"):
        # Lambda.2 ignores images; Config's page ignores runtimes of the system alone, too.
        image = f["PackageType"] == "Image" or f["Runtime"].startswith("provided")
        say("Lambda.2", region, f["FunctionArn"], NONE if image else f["Runtime"] in SUPPORTED)
        # Lambda.5 is about functions that connect to a VPC.
        subnets = f.get("VpcConfig", {}).get("SubnetIds", [])
        say("Lambda.5", region, f["FunctionArn"], len({zones[s] for s in subnets}) >= 2 if subnets else NONE)


BY_TOKEN = ("mysql", "postgres", "aurora", "aurora-mysql", "aurora-postgresql", "mariadb")
UP = ("available", "backing-up", "storage-optimization", "storage-full")


def rds(region):
    api = client("rds", region)
    for of in ("DBSnapshot", "DBClusterSnapshot"):
        snake = "db_cluster_snapshot" if "Cluster" in of else "db_snapshot"
        for s in every("rds", region, f"describe_{snake}s", of + "s"):
            id = {of + "Identifier": s[of + "Identifier"]}
            got = getattr(api, f"describe_{snake}_attributes")(**id)[of + "AttributesResult"][of + "Attributes"]
            public = any(a["AttributeName"] == "restore" and "all" in a["AttributeValues"] for a in got)
            say("RDS.1", region, s[of + "Arn"], not public)
    for i in every("rds", region, "describe_db_instances", "DBInstances"):
        arn = i["DBInstanceArn"]
        say("RDS.2", region, arn, not i["PubliclyAccessible"])
        say("RDS.3", region, arn, i["StorageEncrypted"])
        # RDS.10 is about these engines, and makes findings in these states alone.
        about = i["Engine"] in BY_TOKEN and i["DBInstanceStatus"] in UP
        say("RDS.10", region, arn, i["IAMDatabaseAuthenticationEnabled"] if about else NONE)
        # RDS.11 excludes read replicas.
        copy = i.get("ReadReplicaSourceDBInstanceIdentifier") or i.get("ReadReplicaSourceDBClusterIdentifier")
        say("RDS.11", region, arn, NONE if copy else i["BackupRetentionPeriod"] >= 7)
    for c in every("rds", region, "describe_db_clusters", "DBClusters"):
        say("RDS.7", region, c["DBClusterArn"], c["DeletionProtection"])


def iam():
    api = client("iam")
    # IAM.4
    say("IAM.4", GLOBAL, OF_ACCOUNT, api.get_account_summary()["SummaryMap"]["AccountAccessKeysPresent"] == 0)
    # IAM.7: the defaults of the page; age and reuse have none. Without a policy nothing is demanded.
    policy = unless("NoSuchEntity", api.get_account_password_policy)
    policy = (policy or {}).get("PasswordPolicy", {})
    kinds = ("UppercaseCharacters", "LowercaseCharacters", "Symbols", "Numbers")
    strong = all(policy.get("Require" + k) for k in kinds) and policy.get("MinimumPasswordLength", 0) >= 8
    say("IAM.7", GLOBAL, OF_ACCOUNT, strong)

    # IAM.8: a password or an active key that was not used for 90 days. What was never used counts from
    # the day on which it was made: the pages are silent.
    for user in every("iam", GLOBAL, "list_users", "Users"):
        name, last = {"UserName": user["UserName"]}, []
        profile = unless("NoSuchEntity", api.get_login_profile, **name)
        if profile:
            last.append(user.get("PasswordLastUsed") or profile["LoginProfile"]["CreateDate"])
        for key in every("iam", GLOBAL, "list_access_keys", "AccessKeyMetadata", **name):
            if key["Status"] == "Active":
                used = api.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
                last.append(used.get("LastUsedDate") or key["CreateDate"])
        say("IAM.8", GLOBAL, user["Arn"], all(NOW - at <= timedelta(days=90) for at in last))


def management(api, trail):
    """Which of read and write management events a trail has whole."""
    got = api.get_event_selectors(TrailName=trail)
    basic, advanced = got.get("EventSelectors") or [], got.get("AdvancedEventSelectors") or []
    has = set()
    for s in basic:
        # Config's page: ExcludeManagementEventSources must be empty.
        if s.get("IncludeManagementEvents", True) and not s.get("ExcludeManagementEventSources"):
            has |= {"All": {"read", "write"}, "ReadOnly": {"read"}, "WriteOnly": {"write"}}[s["ReadWriteType"]]
    for s in advanced:
        fields = {f["Field"]: f for f in s["FieldSelectors"]}
        if fields.pop("eventCategory").get("Equals") != ["Management"]:
            continue
        only = fields.pop("readOnly", None)
        if not fields:  # any other field leaves events out
            has |= {"read", "write"} if only is None else {"read" if only["Equals"] == ["true"] else "write"}
    # A trail for which nobody chose events has all management events.
    return has if basic or advanced else {"read", "write"}


def cloudtrail():
    for region in SCANNED:
        for t in every("cloudtrail", region, "describe_trails", "trailList", includeShadowTrails=False):
            say("CloudTrail.2", region, t["TrailARN"], bool(t.get("KmsKeyId")))
            say("CloudTrail.4", region, t["TrailARN"], bool(t.get("LogFileValidationEnabled")))
            say("CloudTrail.5", region, t["TrailARN"], bool(t.get("CloudWatchLogsLogGroupArn")))
    # CloudTrail.1: one trail of the account, wherever its home is.
    good = False
    for t in every("cloudtrail", GLOBAL, "describe_trails", "trailList", includeShadowTrails=True):
        api, arn = client("cloudtrail", t["HomeRegion"]), t["TrailARN"]
        on = t["IsMultiRegionTrail"] and api.get_trail_status(Name=arn)["IsLogging"]
        good = good or on and management(api, arn) == {"read", "write"}
    say("CloudTrail.1", GLOBAL, OF_ACCOUNT, good)


def cloudfront():
    api = client("cloudfront")
    for page in api.get_paginator("list_distributions").paginate():
        for d in page["DistributionList"].get("Items", []):
            c = api.get_distribution_config(Id=d["Id"])["DistributionConfig"]
            # CloudFront.1 is about distributions with S3 origins; one is enough.
            s3 = any("S3OriginConfig" in o for o in c["Origins"]["Items"])
            say("CloudFront.1", GLOBAL, d["ARN"], c["DefaultRootObject"] != "" if s3 else NONE)
            behaviors = [c["DefaultCacheBehavior"], *c.get("CacheBehaviors", {}).get("Items", [])]
            say("CloudFront.3", GLOBAL, d["ARN"], all(b["ViewerProtocolPolicy"] != "allow-all" for b in behaviors))


def contact():
    got = unless("ResourceNotFoundException", client("account").get_alternate_contact, AlternateContactType="SECURITY")
    say("Account.1", GLOBAL, OF_ACCOUNT, got is not None)


s3()
for region in SCANNED:
    for judge in (sqs, dynamodb, kms, ec2, elb, ecs, awslambda, rds):
        judge(region)
iam()
cloudtrail()
cloudfront()
contact()
for region in SCANNED:
    for control in (
        "S3.8 S3.9 S3.13 SQS.1 DynamoDB.2 KMS.3 EC2.2 EC2.6 EC2.8 EC2.15 EC2.19 EC2.25 ELB.4 ELB.14 ECS.2 Lambda.2 Lambda.5 "
        "RDS.1 RDS.2 RDS.3 RDS.7 RDS.10 RDS.11 CloudTrail.2 CloudTrail.4 CloudTrail.5"
    ).split():
        say_nothing_there(control, region)
for control in ("IAM.8", "CloudFront.1", "CloudFront.3"):
    say_nothing_there(control, GLOBAL)
