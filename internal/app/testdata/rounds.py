"""Makes a thing for each control that can be mended, with more about it than the control looks at, and says how AWS names them."""
import io
import json
import sys
import zipfile

import boto3


def client(name):
    return boto3.client(name, endpoint_url=sys.argv[1], region_name="ap-northeast-1", aws_access_key_id="a", aws_secret_access_key="b")


made = {}
sqs, s3, ec2, rds, iam, trails = client("sqs"), client("s3"), client("ec2"), client("rds"), client("iam"), client("cloudtrail")
for name in "mail", "orders":
    sqs.create_queue(QueueName=name, Attributes={"SqsManagedSseEnabled": "false", "DelaySeconds": "5"})

for name in "logs", "open", "unlogged", "forever", "kept":
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    if name != "open":
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration={k: True for k in ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")})
s3.put_public_access_block(Bucket="open", PublicAccessBlockConfiguration={"BlockPublicAcls": True, "BlockPublicPolicy": False, "IgnorePublicAcls": True, "RestrictPublicBuckets": False})
s3.put_bucket_policy(Bucket="logs", Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::logs/*"}]}))
s3.put_bucket_lifecycle_configuration(Bucket="kept", LifecycleConfiguration={"Rules": [
    {"ID": "old", "Status": "Disabled", "Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}, {"Key": "l", "Value": "w"}]}}, "Expiration": {"Days": 30}},
    {"ID": "versions", "Status": "Disabled", "Filter": {"Prefix": ""}, "NoncurrentVersionExpiration": {"NoncurrentDays": 9}, "Transitions": [{"Days": 40, "StorageClass": "GLACIER"}]}]})

client("dynamodb").create_table(TableName="orders", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])

kms, logs = client("kms"), client("logs")
made["key"] = kms.create_key()["KeyMetadata"]["KeyId"]
made["doomed"] = kms.create_key()["KeyMetadata"]["KeyId"]
kms.schedule_key_deletion(KeyId=made["doomed"])
logs.create_log_group(logGroupName="trails")
made["role"] = iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
for name in "plain", "unchecked", "unwatched":
    trails.create_trail(Name=name, S3BucketName="logs", S3KeyPrefix=name, IncludeGlobalServiceEvents=True)
    trails.put_event_selectors(TrailName=name, EventSelectors=[{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True, "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::logs/"]}]}])

for g in ec2.describe_security_groups()["SecurityGroups"]:  # those of the default VPC
    if g["IpPermissionsEgress"]:
        ec2.revoke_security_group_egress(GroupId=g["GroupId"], IpPermissions=g["IpPermissionsEgress"])
    if g["IpPermissions"]:
        ec2.revoke_security_group_ingress(GroupId=g["GroupId"], IpPermissions=g["IpPermissions"])
made["vpc"] = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnets = [ec2.create_subnet(VpcId=made["vpc"], CidrBlock=f"10.0.{i}.0/24", AvailabilityZone="ap-northeast-1" + z)["Subnet"]["SubnetId"] for i, z in enumerate("ac")]
made["subnet"], made["other"] = subnets
for attribute in "MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation":
    ec2.modify_subnet_attribute(SubnetId=subnets[0], **{attribute: {"Value": True}})
made["default"] = next(g["GroupId"] for g in ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [made["vpc"]]}])["SecurityGroups"])
ec2.authorize_security_group_ingress(GroupId=made["default"], IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": made["default"]}]}])
for name in "web", "office":
    made[name] = ec2.create_security_group(VpcId=made["vpc"], GroupName=name, Description=name)["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=made[name], IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "for a while"}, {"CidrIp": "10.0.0.0/8", "Description": "within"}]},
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
made["instance"] = ec2.run_instances(ImageId=ec2.describe_images()["Images"][0]["ImageId"], MinCount=1, MaxCount=1, MetadataOptions={"HttpTokens": "optional"})["Instances"][0]["InstanceId"]
made["template"] = ec2.create_launch_template(LaunchTemplateName="web", LaunchTemplateData={
    "InstanceType": "t3.micro", "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 9, "Encrypted": True}}],
    "NetworkInterfaces": [{"DeviceIndex": 0, "AssociatePublicIpAddress": True, "SubnetId": subnets[0], "Groups": [made["office"]], "Description": "first"}]})["LaunchTemplate"]["LaunchTemplateId"]


def database(name, **more):
    rds.create_db_instance(DBInstanceIdentifier=name, DBInstanceClass="db.t3.micro", Engine=more.pop("Engine", "mysql"), **more)


alone = {"AllocatedStorage": 20, "MasterUsername": "a", "MasterUserPassword": "bcdefghij"}
good = {"PubliclyAccessible": False, "StorageEncrypted": True, "EnableIAMDatabaseAuthentication": True, "BackupRetentionPeriod": 7}
database("public", **alone, **{**good, "PubliclyAccessible": True})
database("passwords", **alone, **{**good, "EnableIAMDatabaseAuthentication": False})
database("brief", **alone, **{**good, "BackupRetentionPeriod": 1})
shared = {"Engine": "aurora-mysql", "MasterUsername": "a", "MasterUserPassword": "bcdefghij", "StorageEncrypted": True}
rds.create_db_cluster(DBClusterIdentifier="unprotected", **shared, BackupRetentionPeriod=7)
rds.create_db_cluster(DBClusterIdentifier="tokenless", **shared, DeletionProtection=True, BackupRetentionPeriod=7)
rds.create_db_cluster(DBClusterIdentifier="short", **shared, DeletionProtection=True, EnableIAMDatabaseAuthentication=True, BackupRetentionPeriod=2)
for name in "tokenless", "short":
    database(f"{name}-1", Engine="aurora-mysql", DBClusterIdentifier=name, PubliclyAccessible=False)
database("source", **alone, **{**good, "StorageEncrypted": False})
for name in "orders-1", "private":
    rds.create_db_snapshot(DBInstanceIdentifier="source", DBSnapshotIdentifier=name)
rds.create_db_cluster(DBClusterIdentifier="bare", **{**shared, "StorageEncrypted": False}, DeletionProtection=True)
rds.create_db_cluster_snapshot(DBClusterIdentifier="bare", DBClusterSnapshotIdentifier="orders-c")
rds.modify_db_snapshot_attribute(DBSnapshotIdentifier="orders-1", AttributeName="restore", ValuesToAdd=["all", "111111111111"])
rds.modify_db_cluster_snapshot_attribute(DBClusterSnapshotIdentifier="orders-c", AttributeName="restore", ValuesToAdd=["all", "111111111111"])

made["lb"] = client("elbv2").create_load_balancer(Name="web", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
client("elbv2").modify_load_balancer_attributes(LoadBalancerArn=made["lb"], Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "77"}])
elb = client("elb")
for name in "watching", "lenient":
    elb.create_load_balancer(LoadBalancerName=name, AvailabilityZones=["ap-northeast-1a"], Listeners=[{"Protocol": "http", "LoadBalancerPort": 80, "InstancePort": 80}])
    elb.modify_load_balancer_attributes(LoadBalancerName=name, LoadBalancerAttributes={"AdditionalAttributes": [{"Key": "elb.http.desyncmitigationmode", "Value": "monitor"}]})
ecs = client("ecs")
ecs.create_cluster(clusterName="main")
ecs.register_task_definition(family="t", networkMode="awsvpc", containerDefinitions=[{"name": "c", "image": "i", "memory": 64}])
made["service"] = ecs.create_service(cluster="main", serviceName="web", taskDefinition="t", desiredCount=0, launchType="FARGATE", networkConfiguration={
    "awsvpcConfiguration": {"subnets": subnets[:1], "securityGroups": [made["office"]], "assignPublicIp": "ENABLED"}})["service"]["serviceArn"]
body = io.BytesIO()
with zipfile.ZipFile(body, "w") as z:
    z.writestr("f.py", "")
made["function"] = client("lambda").create_function(FunctionName="f", Runtime="python3.13", Role=made["role"], Handler="f.h", Code={"ZipFile": body.getvalue()},
    Timeout=7, Environment={"Variables": {"a": "b"}}, VpcConfig={"SubnetIds": subnets[:1], "SecurityGroupIds": [made["office"]]})["FunctionArn"]

iam.update_account_password_policy(MinimumPasswordLength=6, RequireNumbers=True, AllowUsersToChangePassword=True, PasswordReusePrevention=3)

behavior = {"TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all", "ForwardedValues": {"QueryString": True, "Cookies": {"Forward": "whitelist", "WhitelistedNames": {"Quantity": 1, "Items": ["c"]}}}, "MinTTL": 7}
for name in "rootless", "redirected", "closed":
    made[name] = client("cloudfront").create_distribution(DistributionConfig={
        "CallerReference": name, "Comment": "It's kept; \"so\" `be` $it — 保持", "Enabled": True, "DefaultRootObject": "" if name == "rootless" else "a.html",
        "Origins": {"Quantity": 1, "Items": [{"Id": "o", "DomainName": "open.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": "origin-access-identity/cloudfront/E1"}}]},
        "DefaultCacheBehavior": {**behavior, "ViewerProtocolPolicy": "https-only"} if name == "rootless" else behavior,
        "CacheBehaviors": {"Quantity": 0} if name == "rootless" else {"Quantity": 2, "Items": [{"PathPattern": "/z/*", **behavior}, {"PathPattern": "/a/*", **behavior, "ViewerProtocolPolicy": "https-only"}]}})["Distribution"]["Id"]
print(json.dumps(made))
