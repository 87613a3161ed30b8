"""Makes one thing of each type that a room knows how to change, and says how AWS names them."""
import io
import json
import sys
import zipfile

import boto3


def client(name):
    return boto3.client(name, endpoint_url=sys.argv[1], region_name="ap-northeast-1", aws_access_key_id="a", aws_secret_access_key="b")


made = {}
client("sqs").create_queue(QueueName="orders", Attributes={"SqsManagedSseEnabled": "false", "DelaySeconds": "5"})
s3 = client("s3")
for name in "orders-data", "logs":
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
s3.put_public_access_block(Bucket="logs", PublicAccessBlockConfiguration={"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": False, "RestrictPublicBuckets": False})
s3.put_bucket_lifecycle_configuration(Bucket="logs", LifecycleConfiguration={"Rules": [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "a/"}, "Expiration": {"Days": 30}}]})
s3.put_bucket_policy(Bucket="logs", Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::logs/*"}]}))
client("dynamodb").create_table(TableName="orders", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
for name in "trails", "flows":
    client("logs").create_log_group(logGroupName=name)
client("cloudtrail").create_trail(Name="all", S3BucketName="orders-data")

behavior = {"TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all", "ForwardedValues": {"QueryString": True, "Cookies": {"Forward": "none"}}, "MinTTL": 7}
made["distribution"] = client("cloudfront").create_distribution(DistributionConfig={
    "CallerReference": "r", "Comment": "It's kept; \"so\" `be` $it — 保持", "Enabled": True, "Origins": {"Quantity": 1, "Items": [{"Id": "o", "DomainName": "example.com", "CustomOriginConfig": {
        "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}]},
    "DefaultCacheBehavior": behavior, "CacheBehaviors": {"Quantity": 2, "Items": [{"PathPattern": "/z/*", **behavior}, {"PathPattern": "/a/*", **behavior}]}})["Distribution"]["Id"]

ec2, rds = client("ec2"), client("rds")
vpc = made["vpc"] = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone="ap-northeast-1" + z)["Subnet"]["SubnetId"] for i, z in enumerate("ac")]
made["subnet"], made["other"] = subnets
for attribute in "MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation":
    ec2.modify_subnet_attribute(SubnetId=subnets[0], **{attribute: {"Value": True}})
made["group"] = ec2.create_security_group(VpcId=vpc, GroupName="web", Description="web")["GroupId"]
ec2.authorize_security_group_ingress(GroupId=made["group"], IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}, {"CidrIp": "10.0.0.0/8"}]}])
made["instance"] = ec2.run_instances(ImageId=ec2.describe_images()["Images"][0]["ImageId"], MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
made["template"] = ec2.create_launch_template(LaunchTemplateName="web", LaunchTemplateData={"InstanceType": "t3.micro"})["LaunchTemplate"]["LaunchTemplateId"]
ec2.create_launch_template_version(LaunchTemplateId=made["template"], LaunchTemplateData={"InstanceType": "t3.small"})
made["public"] = ec2.create_launch_template(LaunchTemplateName="public", LaunchTemplateData={"InstanceType": "t3.micro", "NetworkInterfaces": [
    {"DeviceIndex": 0, "AssociatePublicIpAddress": True, "SubnetId": subnets[0]}]})["LaunchTemplate"]["LaunchTemplateId"]

rds.create_db_instance(DBInstanceIdentifier="orders", DBInstanceClass="db.t3.micro", Engine="mysql", AllocatedStorage=20, MasterUsername="a", MasterUserPassword="bcdefghij", PubliclyAccessible=True)
rds.create_db_cluster(DBClusterIdentifier="orders", Engine="aurora-mysql", MasterUsername="a", MasterUserPassword="bcdefghij")
rds.create_db_snapshot(DBInstanceIdentifier="orders", DBSnapshotIdentifier="orders-1")
rds.create_db_cluster_snapshot(DBClusterIdentifier="orders", DBClusterSnapshotIdentifier="orders-c")
rds.modify_db_cluster_snapshot_attribute(DBClusterSnapshotIdentifier="orders-c", AttributeName="restore", ValuesToAdd=["all", "111111111111"])
rds.modify_db_snapshot_attribute(DBSnapshotIdentifier="orders-1", AttributeName="restore", ValuesToAdd=["all", "111111111111"])

made["lb"] = client("elbv2").create_load_balancer(Name="web", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
client("elbv2").modify_load_balancer_attributes(LoadBalancerArn=made["lb"], Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "77"}])
client("elb").create_load_balancer(LoadBalancerName="classic", AvailabilityZones=["ap-northeast-1a"], Listeners=[{"Protocol": "http", "LoadBalancerPort": 80, "InstancePort": 80}])
client("elb").modify_load_balancer_attributes(LoadBalancerName="classic", LoadBalancerAttributes={"AdditionalAttributes": [{"Key": "elb.http.desyncmitigationmode", "Value": "monitor"}]})
made["clb"] = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/classic"
ecs = client("ecs")
ecs.create_cluster(clusterName="main")
ecs.register_task_definition(family="t", networkMode="awsvpc", containerDefinitions=[{"name": "c", "image": "i", "memory": 64}])
made["service"] = ecs.create_service(cluster="main", serviceName="web", taskDefinition="t", desiredCount=0, launchType="FARGATE", networkConfiguration={
    "awsvpcConfiguration": {"subnets": subnets[:1], "securityGroups": [made["group"]], "assignPublicIp": "ENABLED"}})["service"]["serviceArn"]
kms = client("kms")
made["cmk"] = kms.create_key()["KeyMetadata"]["KeyId"]
kms.schedule_key_deletion(KeyId=made["cmk"])
iam = client("iam")
role = iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
made["user"] = iam.create_user(UserName="ann", Path="/a/b/")["User"]["Arn"]
made["key"] = iam.create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"]
body = io.BytesIO()
with zipfile.ZipFile(body, "w") as z:
    z.writestr("f.py", "")
made["function"] = client("lambda").create_function(FunctionName="f", Runtime="python3.13", Role=role, Handler="f.h", Code={"ZipFile": body.getvalue()},
    VpcConfig={"SubnetIds": subnets[:1], "SecurityGroupIds": [made["group"]]})["FunctionArn"]
print(json.dumps(made))
