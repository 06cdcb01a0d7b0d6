import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { start, type Instance } from "../../local/instance.mts";
import { endFaults, setFaults } from "../support/faults.mts";
import { cleanUp, root, temporaryFolder } from "./support.mts";

const python = join(root, ".local", "venv", "bin", "python");

describe("moto's mends", () => {
  after(cleanUp);

  /** Starts moto_local.py after a change to moto, as an update might bring it. */
  const startAfter = (change: string) => {
    const server = join(root, "local", "emulators", "moto_local.py");
    const script = `import runpy, sys\n${change}\nsys.argv = ["moto", "--help"]\nrunpy.run_path(${JSON.stringify(server)}, run_name="__main__")`;
    const { status, stderr } = spawnSync(python, ["-c", script], { encoding: "utf8" });
    return { status, stderr };
  };

  it("fit the moto that is installed", () => {
    assert.deepEqual(startAfter(""), { status: 0, stderr: "" });
  });

  it("stop the server in one line when what they mend has changed", () => {
    const changes: [string, RegExp][] = [
      [
        "from moto.s3.responses import S3Response as R\ndel R._bucket_response_put",
        /_bucket_response_put is gone/,
      ],
      [
        "from moto.iam.access_control import IAMPolicyStatement as S\nS.is_action_permitted = lambda self, action: None",
        /is_action_permitted has parameters \['self', 'action'\]/,
      ],
      [
        "from moto.iam.responses import IamResponse as R\nR.list_service_specific_credentials = None",
        /has list_service_specific_credentials: remove its mend/,
      ],
      [
        "from moto.batch.models import JobQueue as Q\nQ.__init__ = lambda self, name, limits: None",
        /JobQueue.__init__ has parameters \['self', 'name', 'limits'\]/,
      ],
      [
        "from moto.batch.models import BatchBackend as B\ndel B.update_compute_environment",
        /update_compute_environment is gone/,
      ],
      [
        "from moto.batch_simple.models import BatchSimpleBackend as B\ndel B._mark_job_as_finished",
        /_mark_job_as_finished is gone/,
      ],
      [
        "from moto.cloudwatch.urls import url_paths\nurl_paths['{0}/service/x$'] = None",
        /answers CloudWatch at \/service\/: remove its mend/,
      ],
      [
        "from moto.budgets.responses import BudgetsResponse as R\nR.update_budget = None",
        /has update_budget of budgets: look at its mend/,
      ],
    ];
    for (const [change, message] of changes) {
      const { status, stderr } = startAfter(change);
      assert.equal(status, 1);
      assert.match(stderr, message);
      assert.match(stderr, /^moto 5\.\d+\.\d+.*local\/emulators\/moto_local\.py\n$/);
    }
  });

  describe("answer what the provider asks", () => {
    let instance: Instance;
    let unmended: Instance;
    before(async () => {
      const withoutMends = [
        "speak_cbor_as_cloudwatch",
        "complete_budgets",
        "tell_that_nat_gateways_are_zonal",
        "take_deleted_subnets_from_access_lists",
        "route_to_endpoints_that_are_modified",
        "free_the_address_of_a_deleted_nat_gateway",
        "read_the_icmp_type_of_access_lists",
        "tell_that_buckets_tell_event_bridge",
        "deliver_no_access_logs",
        "keep_time_limits_of_queues",
        "keep_updates_of_compute_environments",
        "describe_containers_of_jobs",
        "give_compute_environments_the_service_linked_role",
      ];
      instance = await start({ folder: temporaryFolder() });
      unmended = await start({ folder: temporaryFolder(), withoutMends });
    });

    /** Python's SDK, made to speak CBOR where it can, as the provider's does. */
    const ask = ({ url, account }: Instance, service: string, script: string) => {
      const client = `boto3.client("${service}", endpoint_url="${url}", region_name="us-west-2", aws_access_key_id="${account}", aws_secret_access_key="test", config=Config(retries={"total_max_attempts": 1}))`;
      const cbor = `botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = ["smithy-rpc-v2-cbor", "json", "rest-json", "rest-xml", "query", "ec2"]`;
      const program = `import boto3, botocore.model, json\nfrom botocore.config import Config\n${cbor}\nc = ${client}\naccount = "${account}"\n${script}`;
      const { status, stdout, stderr } = spawnSync(python, ["-c", program], { encoding: "utf8" });
      if (status !== 0) throw new Error(stderr.trim().split("\n").at(-1));
      return JSON.parse(stdout) as unknown;
    };

    const alarm = `
c.put_metric_alarm(AlarmName="a", Namespace="n", MetricName="m", Statistic="Sum", Period=60, EvaluationPeriods=1,
    Threshold=1.5, ComparisonOperator="LessThanThreshold", Dimensions=[{"Name": "d", "Value": "v"}])
[a] = c.describe_alarms(AlarmNames=["a"])["MetricAlarms"]
c.delete_alarms(AlarmNames=["a"])
print(json.dumps([a["Threshold"], a["Dimensions"], a["StateUpdatedTimestamp"].year > 2000,
    c.describe_alarms(AlarmNames=["a"])["MetricAlarms"]]))`;
    it("logs no request", () => {
      ask(instance, "sts", `print(json.dumps(c.get_caller_identity()["Account"]))`);
      const log = readFileSync(join(instance.folder, "logs", "moto.log"), "utf8");
      assert.doesNotMatch(log, /HTTP\/1/);
    });

    const odd = `
c.create_bucket(Bucket="odd", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
key = "a b/%2F/ü+_-&"
c.put_object(Bucket="odd", Key=key, Body=b"text", Metadata={"my_key": "1", "my-key-2": "2"})
kept = c.get_object(Bucket="odd", Key=key)
print(json.dumps([kept["Body"].read().decode(), kept["Metadata"],
    [o["Key"] for o in c.list_objects_v2(Bucket="odd")["Contents"]]]))`;
    it("an object has any name, and its metadata their underscores", () => {
      assert.deepEqual(ask(instance, "s3", odd), [
        "text",
        { my_key: "1", "my-key-2": "2" },
        ["a b/%2F/ü+_-&"],
      ]);
    });

    it("an alarm of CloudWatch is made, read and deleted", () => {
      assert.deepEqual(ask(instance, "cloudwatch", alarm), [
        1.5,
        [{ Name: "d", Value: "v" }],
        true,
        [],
      ]);
      assert.throws(() => ask(unmended, "cloudwatch", alarm));
    });

    it("an error of CloudWatch has its code", () => {
      const script = `c.set_alarm_state(AlarmName="none", StateValue="OK", StateReason="")`;
      assert.throws(() => ask(instance, "cloudwatch", script), /ResourceNotFound/);
    });

    it("a fault of CloudWatch is in its protocol too", () => {
      setFaults(instance.folder, [{ call: "^monitoring ", effect: "throttle" }]);
      assert.throws(
        () => ask(instance, "cloudwatch", "c.describe_alarms()"),
        /\(ThrottlingException\)/,
      );
      endFaults(instance.folder);
    });

    const environment = `
ec2, iam = [boto3.client(name, endpoint_url=c.meta.endpoint_url, region_name="us-west-2",
    aws_access_key_id=account, aws_secret_access_key="test") for name in ["ec2", "iam"]]
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
one, other = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24")["Subnet"]["SubnetId"] for i in [1, 2]]
[group] = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
def make(name, **more):
    return c.create_compute_environment(computeEnvironmentName=name, type="MANAGED", computeResources={"type": "FARGATE",
        "maxvCpus": 4, "subnets": [one], "securityGroupIds": [group["GroupId"]]}, **more)["computeEnvironmentArn"]
def role(name):
    return iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
def described(name):
    [found] = c.describe_compute_environments(computeEnvironments=[name])["computeEnvironments"]
    return found
`;

    const queue = `${environment}
limit = {"reason": "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY", "state": "RUNNABLE", "maxTimeSeconds": 600, "action": "CANCEL"}
def limits():
    [found] = c.describe_job_queues(jobQueues=["q"])["jobQueues"]
    return found.get("jobStateTimeLimitActions")
order = [{"order": 1, "computeEnvironment": make("limited", serviceRole=role("limited"))}]
c.create_job_queue(jobQueueName="q", priority=1, computeEnvironmentOrder=order, state="ENABLED", jobStateTimeLimitActions=[limit])
states = [limits()]
c.update_job_queue(jobQueue="q", priority=2)
states.append(limits())
c.update_job_queue(jobQueue="q", jobStateTimeLimitActions=[{**limit, "maxTimeSeconds": 900}])
states.append(limits())
c.update_job_queue(jobQueue="q", jobStateTimeLimitActions=[])
states.append(limits())
print(json.dumps(states))`;
    it("a job queue keeps its time limits", () => {
      const limit = {
        reason: "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
        state: "RUNNABLE",
        maxTimeSeconds: 600,
        action: "CANCEL",
      };
      assert.deepEqual(ask(instance, "batch", queue), [
        [limit],
        [limit],
        [{ ...limit, maxTimeSeconds: 900 }],
        [],
      ]);
      assert.deepEqual(ask(unmended, "batch", queue), [null, null, null, null]);
    });

    const update = `${environment}
make("updated", serviceRole=role("updated"))
c.update_compute_environment(computeEnvironment="updated", computeResources={"maxvCpus": 8, "subnets": [other], "securityGroupIds": []})
found = described("updated")["computeResources"]
print(json.dumps([found["maxvCpus"], found["subnets"] == [other], found["securityGroupIds"] == [group["GroupId"]]]))`;
    it("an update of a compute environment is kept", () => {
      assert.deepEqual(ask(instance, "batch", update), [8, true, true]);
      assert.deepEqual(ask(unmended, "batch", update), [4, false, true]);
    });

    const container = `${environment}
order = [{"order": 1, "computeEnvironment": make("describing", serviceRole=role("describing"))}]
c.create_job_queue(jobQueueName="describing", priority=1, computeEnvironmentOrder=order, state="ENABLED")
logs = {"logDriver": "awslogs", "options": {"awslogs-group": "/own"}}
size = lambda memory: [{"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": memory}]
c.register_job_definition(jobDefinitionName="d", type="container",
    containerProperties={"image": "none", "logConfiguration": logs, "resourceRequirements": size("512")})
job = c.submit_job(jobName="j", jobQueue="describing", jobDefinition="d",
    containerOverrides={"resourceRequirements": size("1024")[1:]})["jobId"]
[found] = c.describe_jobs(jobs=[job])["jobs"]
print(json.dumps([found["container"].get(key) for key in ["exitCode", "logConfiguration", "resourceRequirements"]]))`;
    it("a job's container has its exit code, its log and its size", () => {
      assert.deepEqual(ask(instance, "batch", container), [
        0,
        { logDriver: "awslogs", options: { "awslogs-group": "/own" } },
        [
          { type: "VCPU", value: "0.25" },
          { type: "MEMORY", value: "1024" },
        ],
      ]);
      assert.deepEqual(ask(unmended, "batch", container), [null, null, null]);
    });

    const linked = `${environment}
for name in ["linked", "linked-too"]:
    make(name)
print(json.dumps([described(name)["serviceRole"].split(":role")[1] for name in ["linked", "linked-too"]]))`;
    it("a compute environment without a service role has the service-linked one", () => {
      const role = "/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch";
      assert.deepEqual(ask(instance, "batch", linked), [role, role]);
      assert.throws(() => ask(unmended, "batch", linked), /ServiceRole is required/);
    });

    const budget = `
notification = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 100.0, "ThresholdType": "PERCENTAGE"}
name = {"AccountId": account, "BudgetName": "b"}
made = {"BudgetName": "b", "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": "5", "Unit": "USD"}}
c.create_budget(AccountId=account, Budget=made, ResourceTags=[{"Key": "k", "Value": "v"}])
c.create_notification(**name, Notification=notification, Subscribers=[{"SubscriptionType": "SNS", "Address": "topic"}])
c.update_budget(AccountId=account, NewBudget={**made, "BudgetLimit": {"Amount": "7", "Unit": "USD"}})
arn = "arn:aws:budgets::" + account + ":budget/b"
c.tag_resource(ResourceARN=arn, ResourceTags=[{"Key": "l", "Value": "w"}])
c.untag_resource(ResourceARN=arn, ResourceTagKeys=["k"])
print(json.dumps([c.describe_budget(**name)["Budget"]["BudgetLimit"]["Amount"],
    c.describe_subscribers_for_notification(**name, Notification=notification)["Subscribers"],
    c.list_tags_for_resource(ResourceARN=arn)["ResourceTags"]]))`;
    it("a budget has subscribers and tags, and can be changed", () => {
      assert.deepEqual(ask(instance, "budgets", budget), [
        "7",
        [{ SubscriptionType: "SNS", Address: "topic" }],
        [{ Key: "l", Value: "w" }],
      ]);
      assert.throws(() => ask(unmended, "budgets", budget));
    });

    const nat = `
subnet = c.describe_subnets()["Subnets"][0]
address = c.allocate_address(Domain="vpc")
made = c.create_nat_gateway(SubnetId=subnet["SubnetId"], AllocationId=address["AllocationId"])["NatGateway"]
[found] = c.describe_nat_gateways(NatGatewayIds=[made["NatGatewayId"]])["NatGateways"]
print(json.dumps([found.get("AvailabilityMode"), found["NatGatewayAddresses"][0]["PublicIp"] == address["PublicIp"]]))`;
    it("a NAT gateway says that it is zonal", () => {
      assert.deepEqual(ask(instance, "ec2", nat), ["zonal", true]);
      assert.deepEqual(ask(unmended, "ec2", nat), [null, true]);
    });

    const deleted = `
vpc = c.create_vpc(CidrBlock="10.6.0.0/16")["Vpc"]["VpcId"]
subnet = c.create_subnet(VpcId=vpc, CidrBlock="10.6.0.0/24")["Subnet"]["SubnetId"]
listed = lambda: len(c.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkAcls"][0]["Associations"])
before = listed()
c.delete_subnet(SubnetId=subnet)
print(json.dumps([before, listed()]))`;
    it("an access list has no subnet that is deleted", () => {
      assert.deepEqual(ask(instance, "ec2", deleted), [1, 0]);
      assert.deepEqual(ask(unmended, "ec2", deleted), [1, 1]);
    });

    const extended = `
vpc = c.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
table = c.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
endpoint = c.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-west-2.s3", VpcEndpointType="Gateway")["VpcEndpoint"]["VpcEndpointId"]
routes = lambda: [r["GatewayId"] for r in c.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"] if r.get("GatewayId") == endpoint]
c.modify_vpc_endpoint(VpcEndpointId=endpoint, AddRouteTableIds=[table])
added = len(routes())
c.modify_vpc_endpoint(VpcEndpointId=endpoint, RemoveRouteTableIds=[table])
print(json.dumps([added, len(routes())]))`;
    it("a gateway endpoint is routed to from the tables that it is extended to", () => {
      assert.deepEqual(ask(instance, "ec2", extended), [1, 0]);
      assert.deepEqual(ask(unmended, "ec2", extended), [0, 0]);
    });

    const replaced = `
subnet = c.describe_subnets()["Subnets"][0]
address = c.allocate_address(Domain="vpc")["AllocationId"]
make = lambda: c.create_nat_gateway(SubnetId=subnet["SubnetId"], AllocationId=address)["NatGateway"]["NatGatewayId"]
c.delete_nat_gateway(NatGatewayId=make())
print(json.dumps(make()[:4]))`;
    it("a NAT gateway takes the address of one that is deleted", () => {
      assert.equal(ask(instance, "ec2", replaced), "nat-");
      assert.throws(() => ask(unmended, "ec2", replaced), /AlreadyAssociated/);
    });

    const accessList = `
acl = c.describe_network_acls()["NetworkAcls"][0]["NetworkAclId"]
c.create_network_acl_entry(NetworkAclId=acl, RuleNumber=7, Protocol="1", RuleAction="allow", Egress=False,
    CidrBlock="0.0.0.0/0", IcmpTypeCode={"Type": -1, "Code": -1})
print(json.dumps([e.get("IcmpTypeCode") for e in c.describe_network_acls()["NetworkAcls"][0]["Entries"] if e["RuleNumber"] == 7]))`;
    it("an access list has the type of ICMP that it was made with", () => {
      assert.deepEqual(ask(instance, "ec2", accessList), [{ Type: -1, Code: -1 }]);
      assert.deepEqual(ask(unmended, "ec2", accessList), [null]);
    });

    const events = `
c.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
asked = lambda: "EventBridgeConfiguration" in c.get_bucket_notification_configuration(Bucket="bucket")
before = asked()
c.put_bucket_notification_configuration(Bucket="bucket", NotificationConfiguration={"EventBridgeConfiguration": {}})
print(json.dumps([before, asked()]))`;
    it("a bucket that tells EventBridge of its changes says so", () => {
      assert.deepEqual(ask(instance, "s3", events), [false, true]);
      assert.deepEqual(ask(unmended, "s3", events), [false, false]);
    });

    const logged = `
for name in ["logged", "logs"]:
    c.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
write = {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::logs/*"}
c.put_bucket_policy(Bucket="logs", Policy=json.dumps({"Version": "2012-10-17", "Statement": [write]}))
c.put_bucket_logging(Bucket="logged", BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": ""}})
c.list_objects_v2(Bucket="logged")
print(json.dumps([c.get_bucket_logging(Bucket="logged")["LoggingEnabled"]["TargetBucket"], c.list_objects_v2(Bucket="logs")["KeyCount"] > 0]))`;
    it("a request to a bucket does not become an object of its log bucket", () => {
      assert.deepEqual(ask(instance, "s3", logged), ["logs", false]);
      assert.deepEqual(ask(unmended, "s3", logged), ["logs", true]);
    });
  });
});
