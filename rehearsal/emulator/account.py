"""
Works on the emulated account as AWS's own client does. `input` is a list [verb, arguments]; prints one JSON value.

prepare(images): what an account has before the first deployment, or what another program than the CDK makes:
    Batch's service-linked role, and images of the names that the templates ask for. Answers with the role's ARN.
buckets(settings): what the templates say of buckets and the emulator's CloudFormation does not do: for each name whether it
    keeps versions and whether it tells the bus.
queues(names): queues that take the place of functions as targets of events.
receive(names): what lies in those queues, oldest first, as {queue, event}.
tell(source, detail_type, detail, resources): puts an event on the account's bus, whose rules send it on.
function(name, bucket, key, folder): unpacks a function's code as it was uploaded. Answers with its environment.
look(rules, functions): what deployed resources are: schedules, environments.
without_outputs(stacks): takes their outputs from deployed stacks.
inventory(): everything that the account holds, by kind: identifiers as CloudFormation gives them.
"""

import io
import json
import sys
import zipfile

import boto3


def prepare(images):
    ecr = boto3.client("ecr")
    for repository, tag in images:
        manifest = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "config": {"digest": f"sha256:{tag:0<64}", "size": 1},
            "layers": [],
        }
        if tag not in [image.get("imageTag") for image in ecr.list_images(repositoryName=repository)["imageIds"]]:
            ecr.put_image(repositoryName=repository, imageTag=tag, imageManifest=json.dumps(manifest))
    iam = boto3.client("iam")
    roles = [r["Arn"] for r in iam.list_roles(PathPrefix="/aws-service-role/batch.")["Roles"]]
    return roles[0] if roles else iam.create_service_linked_role(AWSServiceName="batch.amazonaws.com")["Role"]["Arn"]


def buckets(settings):
    s3 = boto3.client("s3")
    for name, (versioned, tells) in settings.items():
        if versioned:
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        if tells:
            s3.put_bucket_notification_configuration(
                Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}}
            )


def queues(names):
    for name in names:
        boto3.client("sqs").create_queue(QueueName=name)


def receive(names):
    sqs = boto3.client("sqs")
    found = []
    for name in names:
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append({"queue": name, "event": json.loads(message["Body"])})
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def tell(source, detail_type, detail, resources):
    entry = {"Source": source, "DetailType": detail_type, "Detail": json.dumps(detail), "Resources": resources}
    failed = boto3.client("events").put_events(Entries=[entry])["FailedEntryCount"]
    if failed:
        raise RuntimeError(f"{detail_type} was not taken")


def function(name, bucket, key, folder):
    body = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    zipfile.ZipFile(io.BytesIO(body)).extractall(folder)
    return boto3.client("lambda").get_function_configuration(FunctionName=name)["Environment"]["Variables"]


def look(rules, functions):
    events, lambdas = boto3.client("events"), boto3.client("lambda")
    return {
        "schedules": [events.describe_rule(Name=name).get("ScheduleExpression") for name in rules],
        "environments": [
            lambdas.get_function_configuration(FunctionName=name)["Environment"]["Variables"] for name in functions
        ],
    }


def without_outputs(stacks):
    cloudformation = boto3.client("cloudformation")
    for name in stacks:
        template = cloudformation.get_template(StackName=name)["TemplateBody"]
        kept = {part: value for part, value in template.items() if part != "Outputs"}
        cloudformation.update_stack(StackName=name, TemplateBody=json.dumps(kept), Capabilities=["CAPABILITY_NAMED_IAM"])


# kind: service, call, list in its answer, identifier in an entry (none: the entry itself), entries that are counted
KINDS = {
    "bucket": ("s3", "list_buckets", "Buckets", "Name", None),
    "key": ("kms", "list_keys", "Keys", "KeyId", None),
    "log group": ("logs", "describe_log_groups", "logGroups", "logGroupName", None),
    "function": ("lambda", "list_functions", "Functions", "FunctionName", None),
    "state machine": ("stepfunctions", "list_state_machines", "stateMachines", "stateMachineArn", None),
    "queue": ("sqs", "list_queues", "QueueUrls", None, None),
    "topic": ("sns", "list_topics", "Topics", "TopicArn", None),
    "rule": ("events", "list_rules", "Rules", "Name", None),
    "role": ("iam", "list_roles", "Roles", "RoleName", None),
    "instance profile": ("iam", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName", None),
    "compute environment": ("batch", "describe_compute_environments", "computeEnvironments", "computeEnvironmentArn", None),
    "job queue": ("batch", "describe_job_queues", "jobQueues", "jobQueueArn", None),
    "job definition": ("batch", "describe_job_definitions", "jobDefinitions", "jobDefinitionArn", None),
    "network": ("ec2", "describe_vpcs", "Vpcs", "VpcId", None),
    "subnet": ("ec2", "describe_subnets", "Subnets", "SubnetId", None),
    # A network brings one of each of these, which go with it.
    "security group": ("ec2", "describe_security_groups", "SecurityGroups", "GroupId", lambda e: e["GroupName"] != "default"),
    "route table": (
        "ec2",
        "describe_route_tables",
        "RouteTables",
        "RouteTableId",
        lambda e: not any(a.get("Main") for a in e["Associations"]),
    ),
    "internet gateway": ("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId", None),
    "launch template": ("ec2", "describe_launch_templates", "LaunchTemplates", "LaunchTemplateId", None),
    "endpoint": ("ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId", None),
    "flow log": ("ec2", "describe_flow_logs", "FlowLogs", "FlowLogId", None),
    "dashboard": ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName", None),
    "API": ("apigateway", "get_rest_apis", "items", "id", None),
    "stack": ("cloudformation", "describe_stacks", "Stacks", "StackName", None),
}


def inventory():
    found = {}
    for kind, (service, call, entries, identifier, counts) in KINDS.items():
        answer = getattr(boto3.client(service), call)().get(entries, [])
        kept = [entry for entry in answer if counts is None or counts(entry)]
        found[kind] = sorted(entry if identifier is None else entry[identifier] for entry in kept)
    return found


VERBS = {verb.__name__: verb for verb in (prepare, buckets, queues, receive, tell, function, look, without_outputs, inventory)}
verb, arguments = json.load(sys.stdin)
print(json.dumps(VERBS[verb](*arguments)))
