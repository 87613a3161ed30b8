# Makes, in moto, something of each resource type of the catalogue that moto has.
import boto3, io, sys, zipfile
def client(name):
    return boto3.client(name, endpoint_url=sys.argv[1], region_name="ap-northeast-1", aws_access_key_id="a", aws_secret_access_key="b")
sqs, s3, ec2, rds, iam = client("sqs"), client("s3"), client("ec2"), client("rds"), client("iam")
for i in range(3):
    sqs.create_queue(QueueName=f"orders-{i}", Attributes={"SqsManagedSseEnabled": "false"})
sqs.create_queue(QueueName="mail", Attributes={"KmsMasterKeyId": "alias/mail"})
here = {"LocationConstraint": "ap-northeast-1"}
for name in "orders-data", "logs", "plain":
    s3.create_bucket(Bucket=name, CreateBucketConfiguration=here)
s3.put_public_access_block(Bucket="orders-data", PublicAccessBlockConfiguration={"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True, "RestrictPublicBuckets": False})
s3.put_bucket_acl(Bucket="logs", ACL="log-delivery-write")
s3.put_bucket_logging(Bucket="orders-data", BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "s3/"}})
s3.put_bucket_lifecycle_configuration(Bucket="logs", LifecycleConfiguration={"Rules": [{"ID": "all", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 30}, "Transitions": [{"Days": 7, "StorageClass": "GLACIER"}]}]})
for name in "orders", "carts":
    client("dynamodb").create_table(TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
client("dynamodb").update_continuous_backups(TableName="carts", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
kms = client("kms")
key = kms.create_key()["KeyMetadata"]["KeyId"]
kms.schedule_key_deletion(KeyId=kms.create_key()["KeyMetadata"]["KeyId"], PendingWindowInDays=7)
client("cloudtrail").create_trail(Name="all", S3BucketName="logs", IsMultiRegionTrail=True)
client("account").put_alternate_contact(AlternateContactType="SECURITY", Name="s", Title="s", EmailAddress="s@example.com", PhoneNumber="+1")
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone="ap-northeast-1" + z)["Subnet"]["SubnetId"] for i, z in enumerate("ac")]
for subnet in subnets:
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
group = ec2.create_security_group(VpcId=vpc, GroupName="web", Description="web")["GroupId"]
ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
    {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "all"}, {"CidrIp": "10.0.0.0/8"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
    {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}])
image = ec2.describe_images()["Images"][0]["ImageId"]
ec2.run_instances(ImageId=image, MinCount=2, MaxCount=2)
template = ec2.create_launch_template(LaunchTemplateName="web", LaunchTemplateData={"InstanceType": "t3.micro", "NetworkInterfaces": [{"DeviceIndex": 0, "AssociatePublicIpAddress": True}]})["LaunchTemplate"]["LaunchTemplateId"]
ec2.create_launch_template_version(LaunchTemplateId=template, LaunchTemplateData={"InstanceType": "t3.small"})
ec2.create_flow_logs(ResourceType="VPC", ResourceIds=[vpc], TrafficType="REJECT", LogDestinationType="s3", LogDestination="arn:aws:s3:::logs")
rds.create_db_instance(DBInstanceIdentifier="orders", DBInstanceClass="db.t3.micro", Engine="mysql", AllocatedStorage=20, MasterUsername="a", MasterUserPassword="bcdefghij", PubliclyAccessible=True)
rds.create_db_cluster(DBClusterIdentifier="orders", Engine="aurora-mysql", MasterUsername="a", MasterUserPassword="bcdefghij")
rds.create_db_snapshot(DBInstanceIdentifier="orders", DBSnapshotIdentifier="orders-1")
rds.modify_db_snapshot_attribute(DBSnapshotIdentifier="orders-1", AttributeName="restore", ValuesToAdd=["all", "111111111111"])
rds.create_db_cluster_snapshot(DBClusterIdentifier="orders", DBClusterSnapshotIdentifier="orders-c")
lb = client("elbv2").create_load_balancer(Name="web", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
client("elbv2").modify_load_balancer_attributes(LoadBalancerArn=lb, Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "77"}])
elb = client("elb")
for name in "classic", "untouched":
    elb.create_load_balancer(LoadBalancerName=name, AvailabilityZones=["ap-northeast-1a"], Listeners=[{"Protocol": "http", "LoadBalancerPort": 80, "InstancePort": 80}])
elb.modify_load_balancer_attributes(LoadBalancerName="classic", LoadBalancerAttributes={"AdditionalAttributes": [{"Key": "elb.http.desyncmitigationmode", "Value": "monitor"}]})
ecs = client("ecs")
ecs.create_cluster(clusterName="main")
ecs.create_cluster(clusterName="empty")
ecs.register_task_definition(family="t", networkMode="awsvpc", containerDefinitions=[{"name": "c", "image": "i", "memory": 64}])
for name in "web", "mail":
    ecs.create_service(cluster="main", serviceName=name, taskDefinition="t", desiredCount=0, launchType="FARGATE", networkConfiguration={
        "awsvpcConfiguration": {"subnets": subnets[:1], "securityGroups": [group], "assignPublicIp": "ENABLED"}})
role = iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
iam.create_user(UserName="ann", Path="/a/b/")
iam.create_user(UserName="bob")
iam.create_access_key(UserName="ann")
iam.update_account_password_policy(MinimumPasswordLength=6, RequireNumbers=True, PasswordReusePrevention=3, AllowUsersToChangePassword=True)
body = io.BytesIO()
with zipfile.ZipFile(body, "w") as z:
    z.writestr("f.py", "")
client("lambda").create_function(FunctionName="f", Runtime="python3.13", Role=role, Handler="f.h", Code={"ZipFile": body.getvalue()}, VpcConfig={"SubnetIds": subnets[:1], "SecurityGroupIds": [group]})
client("cloudfront").create_distribution(DistributionConfig={"CallerReference": "1", "Comment": "", "Enabled": True, "DefaultRootObject": "",
    "Origins": {"Quantity": 1, "Items": [{"Id": "site", "DomainName": "orders-data.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}]},
    "DefaultCacheBehavior": {"TargetOriginId": "site", "ViewerProtocolPolicy": "allow-all", "MinTTL": 0, "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}}}})
