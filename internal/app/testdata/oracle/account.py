"""An account at random, made in moto with boto3: what the controls look at in random
settings, and beside it names and tags with every character that AWS allows.

python3 account.py http://127.0.0.1:5000 SEED

The same seed makes the same account, but for ids that moto draws. Nothing is made that
AWS would refuse, such as a public snapshot that is encrypted.
"""

import io
import json
import random
import re
import sys
import zipfile
from collections import Counter

import mocked
from mocked import ACCOUNT, ELSEWHERE, SCANNED

SEED = int(sys.argv[2])
HERE = SCANNED[0]  # the Region with most; the other one has little of anything
# Of what an account has one, every third has what AWS's pages ask for, every third anything, every third nothing.
GOOD, BARE = SEED % 3 == 1, SEED % 3 == 0
r = random.Random(SEED)
names = Counter()


def client(service, region=HERE, days=0):
    return mocked.client(service, region, days)


def each(kinds, more=0, region=HERE):
    """Every kind once, and some at random, in any order; little in the other Region and in a bare account."""
    if BARE or region != HERE:
        return r.sample(kinds, 0 if BARE and region != HERE else r.randint(0, 1))
    chosen = [*kinds, *(r.choice(kinds) for _ in range(r.randint(0, more)))]
    r.shuffle(chosen)
    return chosen


def maybe(share=0.5):
    return r.random() < share


def some(most, least=0):
    return range(r.randint(least, most))


def name(letters, most, first="a"):
    """A new name of the letters given; each letter has its turn."""
    names[letters] += 1
    rest = "".join(r.choice(letters) for _ in range(r.choice((3, 8, most - len(first) - 4))))
    return f"{first}{names[letters]:03}{rest}"


def identifier():
    """A name as RDS takes it: no two hyphens in a row, none at the end."""
    return re.sub("-+", "-", name(LOWER + "-", 50)).rstrip("-")


WORD = "abcxyzABCXYZ019"
LOWER = "abcxyz019"


def tags():
    text = WORD + " +-=._:/@名前é"
    word = lambda most: "".join(r.choice(text) for _ in some(most))  # noqa: E731
    return {f"k{i}" + word(20): word(30) for i in some(4)}


def pairs(given, key="Key", value="Value"):
    return [{key: k, value: v} for k, v in given.items()]


def logs_bucket(region):
    """A bucket into which S3 and flow logs may be delivered."""
    bucket = make_bucket(region)
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "logging.s3.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": f"arn:aws:s3:::{bucket}/*",
            }
        ],
    }
    client("s3", region).put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    return bucket


def make_bucket(region):
    bucket = re.sub(r"-*\.[.-]*", ".", name("abc019-.", 40, f"b{SEED % 1000}")) + "z"
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    client("s3", region).create_bucket(Bucket=bucket, **place)
    return bucket


def four(prefer=0.75):
    keys = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    return {k: maybe(prefer) for k in keys}


def rule(i, on):
    made = {"Status": "Enabled" if on else "Disabled"}
    if maybe(0.7):
        made["ID"] = f"rule {i} " + "".join(r.choice(" /:=@名") for _ in some(5))
    kind = r.choice(("prefix", "whole", "tag", "and"))
    if kind == "prefix":
        made["Prefix"] = r.choice(("", "logs/", "a b/ü"))
    else:
        made["Filter"] = {
            "whole": {"Prefix": ""},
            "tag": {"Tag": {"Key": "tmp", "Value": "yes"}},
            "and": {"And": {"Prefix": "x/", "Tags": [{"Key": "a", "Value": "b"}]}},
        }[kind]
    if maybe():
        made["Expiration"] = {"Days": r.choice((1, 30, 36500))}
    if maybe() or "Expiration" not in made:
        made["Transitions"] = [{"Days": 90, "StorageClass": r.choice(("GLACIER", "STANDARD_IA"))}]
    return made


def s3():
    for region in (HERE, "us-east-1", ELSEWHERE):
        api = client("s3", region)
        for kind in each(("none", "good", "any", "off"), 2, region):
            bucket = make_bucket(region)
            if kind != "none":
                block = dict.fromkeys(four(), True) if kind == "good" else four()
                api.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)
                prefix = {"good": "access logs/ü", "any": "", "off": "a/"}[kind]
                to = {"TargetBucket": logs_bucket(region), "TargetPrefix": prefix}
                api.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": to})
                rules = [rule(i, kind != "off" and maybe(0.6)) for i in some(3, 1)]
                if kind == "good":
                    rules[0]["Status"] = "Enabled"
                api.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
            if given := tags():
                api.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": pairs(given)})
    if not BARE:
        block = dict.fromkeys(four(), True) if GOOD else four()
        client("s3control").put_public_access_block(AccountId=ACCOUNT, PublicAccessBlockConfiguration=block)


def sqs(region):
    api = client("sqs", region)
    for kind in each(("default", "managed", "kms", "off"), 2, region):
        queue, given = name(WORD + "-_", 70), {}
        if maybe(0.2):
            queue, given["FifoQueue"] = queue + ".fifo", "true"
        if kind != "default":
            given["SqsManagedSseEnabled"] = "true" if kind == "managed" else "false"
        if kind == "kms":
            given["KmsMasterKeyId"] = r.choice(("alias/aws/sqs", f"arn:aws:kms:{region}:{ACCOUNT}:key/0d99", "alias/a/b_c-d"))
        api.create_queue(QueueName=queue, Attributes=given, tags=tags())


def dynamodb(region):
    api = client("dynamodb", region)
    for switched in each(((), (True,), (True, False)), 2, region):
        table = name(WORD + "-_.", 200)
        api.create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            Tags=pairs(tags()),
        )
        for on in switched:
            to = {"PointInTimeRecoveryEnabled": on}
            api.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=to)


def kms(region):
    api = client("kms", region)
    for kind in each(("enabled", "disabled", "scheduled", "cancelled"), 1, region):
        given = {"Description": name(WORD + " é鍵", 50), "Tags": pairs(tags(), "TagKey", "TagValue")}
        key = api.create_key(MultiRegion=maybe(0.3), **given)["KeyMetadata"]["KeyId"]
        if kind == "disabled":
            api.disable_key(KeyId=key)
        if kind in ("scheduled", "cancelled"):
            api.schedule_key_deletion(KeyId=key, PendingWindowInDays=r.choice((7, 30)))
        if kind == "cancelled":
            api.cancel_key_deletion(KeyId=key)


# Ports at the edges of those with high risk, and far from them.
PORTS = (0, 19, 20, 22, 24, 25, 80, 111, 443, 1434, 1435, 3000, 3388, 3389, 3390, 5432, 8079, 8080, 9299, 9300, 65535)
WORLD4, WORLD6 = "0.0.0.0/0", "::/0"


def rules_of_group(groups):
    made = []
    for i in some(4):
        protocol = r.choice(("tcp", "tcp", "tcp", "udp", "icmp", "-1"))
        one = {"IpProtocol": protocol}
        if protocol in ("tcp", "udp"):
            one["FromPort"], one["ToPort"] = sorted((r.choice(PORTS), r.choice(PORTS)))
            if maybe():
                one["ToPort"] = one["FromPort"]
        elif protocol == "icmp":
            one["FromPort"], one["ToPort"] = 8, r.choice((-1, 0))
        sources = r.sample(("four", "six", "private", "half", "group"), r.randint(1, 3))
        wide4 = {"CidrIp": WORLD4, "Description": f"rule {i} a-zA-Z0-9. _-:/()#,@[]+=&;{{}}!$*"}
        given = {
            "four": {"IpRanges": [wide4]},
            "six": {"Ipv6Ranges": [{"CidrIpv6": WORLD6}]},
            "private": {"IpRanges": [{"CidrIp": f"10.{i}.0.0/16"}]},
            "half": {"IpRanges": [{"CidrIp": "0.0.0.0/1"}, {"CidrIp": "128.0.0.0/1"}], "Ipv6Ranges": [{"CidrIpv6": "8000::/1"}]},
            "group": {"UserIdGroupPairs": [{"GroupId": r.choice(groups)}]},
        }
        for source in sources:
            for key, ranges in given[source].items():
                one.setdefault(key, []).extend(ranges)
        ports = [(o["IpProtocol"], o.get("FromPort"), o.get("ToPort")) for o in (one, *made)]
        if ports[0] in ports[1:]:
            continue  # AWS takes a rule once
        made.append(one)
    return made


def ec2(region):
    api = client("ec2", region)
    here = region == HERE
    if BARE and not here:  # no VPC at all, as AWS advises for Regions in no use
        for subnet in api.describe_subnets()["Subnets"]:
            api.delete_subnet(SubnetId=subnet["SubnetId"])
        for vpc in api.describe_vpcs()["Vpcs"]:
            api.delete_vpc(VpcId=vpc["VpcId"])
        return [], []
    # The default subnets give public addresses, until somebody says otherwise.
    subnets = api.describe_subnets()["Subnets"]
    zones = [s["AvailabilityZone"] for s in subnets]
    api.modify_subnet_attribute(SubnetId=subnets[0]["SubnetId"], MapPublicIpOnLaunch={"Value": False})
    vpcs = [v["VpcId"] for v in api.describe_vpcs()["Vpcs"]]
    for i in range(3 if here else 1):
        given = {"CidrBlock": f"10.{i}.0.0/16", "TagSpecifications": tagged("vpc")}
        vpcs.append(api.create_vpc(AmazonProvidedIpv6CidrBlock=maybe(), **given)["Vpc"]["VpcId"])
    for n, (four, six) in enumerate(each(((False, False), (True, False), (False, True), (True, True)), 2, region)):
        given = {"VpcId": vpcs[1], "CidrBlock": f"10.0.{n}.0/24", "AvailabilityZone": r.choice(zones)}
        subnet = api.create_subnet(**given)["Subnet"]["SubnetId"]
        api.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": four})
        api.modify_subnet_attribute(SubnetId=subnet, AssignIpv6AddressOnCreation={"Value": six})
    subnets = [s["SubnetId"] for s in api.describe_subnets()["Subnets"]]

    named = [{"Name": "group-name", "Values": ["default"]}]
    defaults = [g["GroupId"] for g in api.describe_security_groups(Filters=named)["SecurityGroups"]]
    for group, (out, into) in zip(defaults, ((False, False), (True, False), (False, True), (True, True))):
        if not out:
            rule = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": WORLD4}]}
            api.revoke_security_group_egress(GroupId=group, IpPermissions=[rule])
        if into:
            rule = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}
            api.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    groups = list(defaults)
    for rules in each(("none", "all", "ssh", "any", "any"), 4, region):
        group = api.create_security_group(
            GroupName=name(WORD + " ._-:/()#,@[]+=&;{}!$*", 200),
            Description="d",
            VpcId=r.choice(vpcs),
            TagSpecifications=tagged("security-group"),
        )["GroupId"]
        groups.append(group)
        rules = {
            "none": [],
            "all": [{"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": WORLD6}]}],
            "ssh": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": WORLD4}]}],
            "any": rules_of_group(groups),
        }[rules]
        if rules:
            api.authorize_security_group_ingress(GroupId=group, IpPermissions=rules)

    logs = client("logs", region)
    for vpc, kinds in zip(vpcs, r.sample(("", "ACCEPT", "REJECT lost", "ALL", "ACCEPT REJECT"), len(vpcs))):
        for kind in ("ALL", "REJECT", "ACCEPT"):
            # What a subnet has is not the VPC's.
            for of, id in (("VPC", vpc), ("Subnet", subnets[0])) if kind in kinds else (("Subnet", subnets[-1]),):
                group = f"flow/{id}/{vpc}-{kind}.#_"
                if "lost" not in kinds:  # else nothing is delivered
                    logs.create_log_group(logGroupName=group)
                to = {"LogGroupName": group, "DeliverLogsPermissionArn": f"arn:aws:iam::{ACCOUNT}:role/flow"}
                api.create_flow_logs(ResourceIds=[id], ResourceType=of, TrafficType=kind, **to)

    if GOOD or here and not BARE:
        api.enable_ebs_encryption_by_default()

    ways = [(t, e) for t in ("optional", "required") for e in ("enabled", "disabled")]
    for given in each([{}, *({"HttpTokens": t, "HttpEndpoint": e} for t, e in ways)], 1, region):
        instance = api.run_instances(
            ImageId="ami-12c6146b",
            InstanceType="t3.micro",
            MinCount=1,
            MaxCount=1,
            SubnetId=r.choice(subnets),
            MetadataOptions=given,
            TagSpecifications=tagged("instance"),
        )["Instances"][0]["InstanceId"]
        if maybe(0.3):
            api.stop_instances(InstanceIds=[instance])
    if here:
        gone = api.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=subnets[0])["Instances"][0]
        api.terminate_instances(InstanceIds=[gone["InstanceId"]])

    for versions in each(("", "public", "private public", "public private", "unsaid"), 1, region):
        template = name(WORD + "().-/_", 100)
        make = api.create_launch_template
        for kind in versions.split() or [""]:
            interface = {"DeviceIndex": 0, "SubnetId": r.choice(subnets)}
            if kind != "unsaid":
                interface["AssociatePublicIpAddress"] = kind == "public"
            others = [{"DeviceIndex": 1, "SubnetId": r.choice(subnets)}] if maybe() else []
            data = {"InstanceType": "t3.micro", **({"NetworkInterfaces": [*others, interface]} if kind else {})}
            make(LaunchTemplateName=template, LaunchTemplateData=data)
            make = api.create_launch_template_version
        if maybe():
            api.modify_launch_template(LaunchTemplateName=template, DefaultVersion=str(len(versions.split()) or 1))
    return subnets, groups


def tagged(kind):
    given = tags()
    return [{"ResourceType": kind, "Tags": pairs(given)}] if given else []


def elb(region):
    api, api2 = client("elbv2", region), client("ec2", region)
    place = {}
    for s in api2.describe_subnets()["Subnets"]:
        place.setdefault(s["VpcId"], {})[s["AvailabilityZone"]] = s["SubnetId"]
    two = next(list(zones.values())[:2] for zones in place.values() if len(zones) > 1)
    for kind in each(("unsaid", "true", "false", "network", "gateway"), 1, region):
        of = kind if kind in ("network", "gateway") else "application"
        given = {"Name": name(WORD + "-", 28).rstrip("-"), "Type": of, "Subnets": two}
        arn = api.create_load_balancer(Tags=pairs(tags() or {"a": "b"}), **given)["LoadBalancers"][0]["LoadBalancerArn"]
        if kind in ("true", "false"):
            to = {"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": kind}
            api.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[to])
    classic = client("elb", region)
    listener = {"Protocol": "http", "LoadBalancerPort": 80, "InstancePort": 80}
    for mode in each(("unsaid", "monitor", "defensive", "strictest"), 1, region):
        known = {"LoadBalancerName": name(WORD + "-", 28).rstrip("-")}
        classic.create_load_balancer(AvailabilityZones=[region + "a"], Listeners=[listener], Tags=pairs(tags() or {"a": "b"}), **known)
        if mode != "unsaid":
            to = {"AdditionalAttributes": [{"Key": "elb.http.desyncmitigationmode", "Value": mode}]}
            classic.modify_load_balancer_attributes(LoadBalancerAttributes=to, **known)


def ecs(region, subnets, groups):
    api = client("ecs", region)
    # More than ten in a cluster: ten is what DescribeServices takes.
    for more in each((0, 8), 0, region):
        cluster = name(WORD + "-_", 200)
        api.create_cluster(clusterName=cluster)
        mode = {"own": "awsvpc", "host": "bridge"}
        for family, network in mode.items():
            container = {"name": "c", "image": "i", "memory": 64}
            api.register_task_definition(family=family, networkMode=network, containerDefinitions=[container])
        for kind in [*each(("on", "off", "unsaid", "host"), 0, region), *["host"] * more]:
            given = {"taskDefinition": "host" if kind == "host" else "own"}
            if kind != "host":
                own = {"subnets": subnets[:1], "securityGroups": groups[:1]}
                if kind != "unsaid":
                    own["assignPublicIp"] = "ENABLED" if kind == "on" else "DISABLED"
                given["networkConfiguration"] = {"awsvpcConfiguration": own}
            given |= {"serviceName": name(WORD + "-_", 200), "tags": pairs(tags(), "key", "value")}
            api.create_service(cluster=cluster, desiredCount=1, **given)


# Runtimes that AWS's page of Lambda.2 lists, that it no longer lists, and of the system alone.
SUPPORTED = (
    "dotnet10 dotnet8 java25 java21 java17 java11 java8.al2 java17.al2023 java11.al2023 java8.al2023 nodejs24.x "
    "nodejs22.x python3.14 python3.13 python3.12 python3.11 python3.10 ruby4.0 ruby3.4 ruby3.3"
).split()
OLD = "python2.7 python3.8 python3.9 nodejs14.x nodejs16.x nodejs18.x java8 dotnet6 dotnetcore3.1 go1.x ruby2.7 ruby3.2".split()
SYSTEM = "provided provided.al2 provided.al2023".split()


def awslambda(region, subnets, groups):
    role = client("iam").create_role(RoleName=name(WORD + "+=,.@-_", 50), AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as z:
        z.writestr("index.py", "def handler(e, c): pass\n")
    api = client("lambda", region)
    kinds = ("Image", "java17.al2023", *r.sample(OLD, 2), *r.sample(SUPPORTED, 4), *r.sample(SYSTEM, 1))
    for n, kind in enumerate(each(kinds, 0, region)):
        given = {"FunctionName": name(WORD + "-_", 60), "Role": role, "Tags": tags()}
        if kind == "Image":
            image = f"{ACCOUNT}.dkr.ecr.{region}.amazonaws.com/app@sha256:" + "0" * 64
            given |= {"PackageType": "Image", "Code": {"ImageUri": image}}
        else:
            given |= {"Runtime": kind, "Handler": "index.handler", "Code": {"ZipFile": code.getvalue()}}
        if subnets and n % 3:
            places = r.sample(subnets, 1) if n % 3 == 1 else [subnets[0], subnets[-1]]
            given["VpcConfig"] = {"SubnetIds": places, "SecurityGroupIds": groups[:1]}
        api.create_function(**given)


VERSIONS = {"mysql": "8.0.36", "postgres": "16.3", "mariadb": "10.11.8", "oracle-se2": "19.0", "sqlserver-ex": "15.00"}


# Engines with whether the cluster is protected, encrypted, and whether its members are public.
CLUSTERS = (
    ("aurora-mysql", True, False, (True, False)),
    ("aurora-postgresql", False, True, (False,)),
    ("neptune", None, False, ()),
)
# Engines with whether tokens are taken, for how long backups are kept, and whether it is stopped.
INSTANCES = (
    ("mysql", True, 7, False),
    ("postgres", False, 0, False),
    ("mariadb", None, 6, False),
    ("oracle-se2", None, None, False),
    ("sqlserver-ex", None, 35, False),
    ("mysql", False, 8, True),
)


def rds(region):
    api = client("rds", region)
    for engine, protected, encrypted, members in each(CLUSTERS, 1, region):
        cluster = identifier()
        given = {"MasterUsername": "admin", "MasterUserPassword": "password1"} if engine != "neptune" else {}
        if protected is not None:
            given["DeletionProtection"] = protected
        given |= {"StorageEncrypted": encrypted, "Tags": pairs(tags())}
        api.create_db_cluster(DBClusterIdentifier=cluster, Engine=engine, **given)
        if engine != "neptune":
            snapshot(api, "cluster", cluster, encrypted)
        for public in members:
            api.create_db_instance(
                DBInstanceIdentifier=identifier(),
                DBInstanceClass="db.r6g.large",
                Engine=engine,
                EngineVersion="1",
                DBClusterIdentifier=cluster,
                PubliclyAccessible=public,
            )
    for n, (engine, token, days, stopped) in enumerate(each(INSTANCES, 2, region)):
        instance, encrypted = identifier(), n % 2 == 0
        # Moto says nothing of what is not set, AWS always does.
        given = {"PubliclyAccessible": n % 3 == 0}
        if token is not None:
            given["EnableIAMDatabaseAuthentication"] = token
        if days is not None:
            given["BackupRetentionPeriod"] = days
        api.create_db_instance(
            DBInstanceIdentifier=instance,
            DBInstanceClass="db.t3.micro",
            Engine=engine,
            EngineVersion=VERSIONS[engine],
            AllocatedStorage=20,
            MasterUsername="admin",
            MasterUserPassword="password1",
            StorageEncrypted=encrypted,
            Tags=pairs(tags()),
            **given,
        )
        if stopped:
            api.stop_db_instance(DBInstanceIdentifier=instance)
            continue
        if n < 3 or maybe():
            snapshot(api, "instance", instance, encrypted)
        if token and days:
            copy = {"DBInstanceIdentifier": identifier(), "SourceDBInstanceIdentifier": instance}
            api.create_db_instance_read_replica(PubliclyAccessible=maybe(), **copy)


def snapshot(api, of, id, encrypted):
    """One that is shared with nobody or an account, and one with all, which AWS refuses of what is encrypted."""
    for shared in [r.choice(([], ["111122223333"])), *([["111122223333", "all"][maybe() :]] if not encrypted else [])]:
        taken = identifier()
        to = {"AttributeName": "restore", "ValuesToAdd": shared}
        if of == "cluster":
            api.create_db_cluster_snapshot(DBClusterSnapshotIdentifier=taken, DBClusterIdentifier=id)
            if shared:
                api.modify_db_cluster_snapshot_attribute(DBClusterSnapshotIdentifier=taken, **to)
        else:
            api.create_db_snapshot(DBSnapshotIdentifier=taken, DBInstanceIdentifier=id)
            if shared:
                api.modify_db_snapshot_attribute(DBSnapshotIdentifier=taken, **to)


def iam():
    api = client("iam")
    if not BARE:
        kinds = ("UppercaseCharacters", "LowercaseCharacters", "Symbols", "Numbers")
        given = {"Require" + k: GOOD or maybe(0.7) for k in kinds}
        if GOOD or maybe(0.8):
            given["MinimumPasswordLength"] = r.choice((8, 9, 14, 128) if GOOD else (6, 7, 8))
        if maybe():
            given["MaxPasswordAge"] = r.choice((1, 90, 1095))
        if maybe():
            given["PasswordReusePrevention"] = r.choice((1, 12, 24))
        api.update_account_password_policy(**given)
    for days, password, keys in () if BARE else each(USERS, 3):
        user = name(WORD + "+=,.@_-", 50)
        path = r.choice(("/", "/division_abc/", "/!\"#$%&'()*+,-.:;<=>?@[]^_`{|}~/x/"))
        client("iam", days=days).create_user(UserName=user, Path=path, Tags=pairs(tags()))
        if password:
            client("iam", days=days).create_login_profile(UserName=user, Password="Password-1!")
        for made, used, active in keys:
            key = client("iam", days=made).create_access_key(UserName=user)["AccessKey"]
            if used is not None:
                mocked.client("sts", HERE, used, key).get_caller_identity()
            if not active:
                api.update_access_key(UserName=user, AccessKeyId=key["AccessKeyId"], Status="Inactive")
    api.generate_credential_report()  # so that nobody waits for it


# Users: for how many days they are there, whether they have a password, and their keys: made and used so many
# days ago, and whether they are active.
USERS = (
    (400, False, ()),
    (5, True, ()),
    (89, True, ((89, 89, True),)),
    (91, True, ()),
    (400, False, ((5, None, True),)),
    (400, False, ((91, None, True),)),
    (400, False, ((400, 91, True), (400, 0, True))),
    (400, False, ((400, 91, False), (400, 89, True))),
)


MANAGEMENT = ("eventCategory", "Equals", "Management")

# What a trail may record, and what is amiss with it where it is not all management events of all Regions.
RECORDS = {
    "unsaid": {},
    "all": {"EventSelectors": [{"ReadWriteType": "All"}]},
    "two": {"EventSelectors": [{"ReadWriteType": t} for t in ("ReadOnly", "WriteOnly")]},
    "management": {"AdvancedEventSelectors": [[MANAGEMENT]]},
}
AMISS = {
    "one Region": {},
    "stopped": {},
    "reads": {"EventSelectors": [{"ReadWriteType": "ReadOnly"}]},
    "writes": {"AdvancedEventSelectors": [[MANAGEMENT, ("readOnly", "Equals", "false")]]},
    "excluded": {"EventSelectors": [{"ReadWriteType": "All", "ExcludeManagementEventSources": ["kms.amazonaws.com"]}]},
    "data": {"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": False}]},
    "objects": {
        "AdvancedEventSelectors": [[("eventCategory", "Equals", "Data"), ("resources.type", "Equals", "AWS::S3::Object")]]
    },
    "narrowed": {"AdvancedEventSelectors": [[MANAGEMENT, ("eventSource", "NotEquals", "kms.amazonaws.com")]]},
}


def trails():
    kinds = [] if BARE else r.sample(list(AMISS), 5)
    if GOOD:
        kinds.append(r.choice(list(RECORDS)))
    r.shuffle(kinds)
    for n, kind in enumerate(kinds):
        region = (HERE, "us-east-1", ELSEWHERE)[n % 3]
        api = client("cloudtrail", region)
        trail = re.sub(r"[._-]+", "-", name(WORD + "._-", 100)).rstrip("-") + r.choice((".x", "_x", ""))
        given = {"Name": trail, "S3BucketName": logs_bucket(region), "IsMultiRegionTrail": kind != "one Region"}
        if n != 4:
            given["EnableLogFileValidation"] = n < 2
        if n % 2 == 0:
            given["KmsKeyId"] = f"arn:aws:kms:{region}:{ACCOUNT}:key/0d990263-018e-4e65-a703-eff731de951e"
        if n % 4 == 0:
            given["CloudWatchLogsLogGroupArn"] = f"arn:aws:logs:{region}:{ACCOUNT}:log-group:a/b_c.d#e:*"
            given["CloudWatchLogsRoleArn"] = f"arn:aws:iam::{ACCOUNT}:role/r"
        api.create_trail(**given)
        if kind != "stopped" or maybe():
            api.start_logging(Name=trail)
        if kind == "stopped":
            api.stop_logging(Name=trail)
        for how, selectors in {**RECORDS, **AMISS}[kind].items():
            if how == "AdvancedEventSelectors":
                fields = [[{"Field": field, op: [value]} for field, op, value in s] for s in selectors]
                selectors = [{"Name": name(WORD + " 名", 30), "FieldSelectors": f} for f in fields]
            api.put_event_selectors(TrailName=trail, **{how: selectors})


def cloudfront():
    api = client("cloudfront", "us-east-1")
    for n, kind in enumerate(() if BARE else each(("bucket root", "bucket", "site", "any"), 1)):
        origins = []
        for i in some(3, 1):
            origin = {"Id": f"o{i} " + "é", "DomainName": f"bucket{i}.s3.amazonaws.com"}
            if "bucket" in kind and i == 0 or kind == "any" and maybe():
                identity = r.choice(("", "origin-access-identity/cloudfront/E127EXAMPLE51Z"))
                origin["S3OriginConfig"] = {"OriginAccessIdentity": identity}
            else:
                origin["DomainName"] = f"www{i}.example.com"
                origin["CustomOriginConfig"] = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
            origins.append(origin)
        behavior = lambda: {  # noqa: E731
            "TargetOriginId": origins[0]["Id"],
            "ViewerProtocolPolicy": r.choice(("allow-all", "https-only", "redirect-to-https", "redirect-to-https")),
            "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
            "MinTTL": 0,
            "TrustedSigners": {"Enabled": False, "Quantity": 0},
        }
        paths = [f"{i}" + "".join(r.choice("_-.*$/~\"'@:+?&;A9") for _ in some(20)) for i in some(3)]
        others = [{"PathPattern": path, **behavior()} for path in paths]
        given = {
            "CallerReference": f"{SEED} {n}",
            "Comment": "配信 & <b>",
            "Enabled": maybe(),
            "Origins": {"Quantity": len(origins), "Items": origins},
            "DefaultCacheBehavior": behavior(),
            "DefaultRootObject": r.choice(("index.html", "目次 a/b.html")) if "root" in kind else "",
        }
        if others:
            given["CacheBehaviors"] = {"Quantity": len(others), "Items": others}
        api.create_distribution(DistributionConfig=given)


def contact():
    api = client("account")
    given = {"Name": "担当 é", "Title": "-", "EmailAddress": "a+b@example.com", "PhoneNumber": "+81 (3) 1234-5678"}
    for kind in ("BILLING", "OPERATIONS", "SECURITY")[: 3 if GOOD else r.randint(0, 2)]:
        api.put_alternate_contact(AlternateContactType=kind, **given)


s3()
for region in SCANNED:
    sqs(region)
    dynamodb(region)
    kms(region)
    subnets, groups = ec2(region)
    awslambda(region, subnets, groups)
    if subnets:
        elb(region)
        ecs(region, subnets, groups)
        rds(region)
iam()
trails()
cloudfront()
contact()
