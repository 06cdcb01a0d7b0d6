"""moto's server with the mends that a Pulumi program needs to deploy to it unchanged.

Each mend says what goes wrong without it and when it can go. A mend whose target has changed
stops the server with a message: it must be looked at before moto is updated.
"""

import argparse
import atexit
import hashlib
import inspect
import json
import signal
import sys
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import moto
import xmltodict
from botocore.model import DenormalizedStructureBuilder
from botocore.parsers import BaseCBORParser, RpcV2CBORParser
from botocore.serialize import CBORSerializer, RpcV2CBORSerializer
from cheroot.wsgi import Gateway_10, Server
from moto.batch.models import BatchBackend, Job, JobQueue
from moto.batch.responses import BatchResponse
from moto.batch_simple.models import BatchSimpleBackend
from moto.budgets.models import Budget
from moto.budgets.responses import BudgetsResponse
from moto.cloudwatch import urls as cloudwatch_urls
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core import errors
from moto.core.config import default_user_config
from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    environ_key_for_header,
    should_preserve_original_header_name,
)
from moto.core.responses import ActionResult, BaseResponse, EmptyResult
from moto.core.utils import get_service_model
from moto.ec2.models.nat_gateways import NatGatewayBackend
from moto.ec2.models.subnets import SubnetBackend
from moto.ec2.models.vpcs import VPCBackend
from moto.ec2.responses.network_acls import NetworkACLs
from moto.iam import access_control
from moto.iam import models as iam_models
from moto.iam.exceptions import NotFoundException
from moto.iam.responses import IamResponse
from moto.kms.models import Key, kms_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import FakeBucket, S3Backend
from moto.s3.responses import S3Response

# Where this file is run by its path alone, its folder is not searched.
sys.path.insert(0, str(Path(__file__).parent))
import jobs  # noqa: E402


def target(owner, name, parameters):
    """The function to mend, if it still is the one that the mend was written for."""
    function = getattr(owner, name, None)
    found = list(inspect.signature(function).parameters) if function else None
    if found != parameters:
        state = f"has parameters {found}" if found else "is gone"
        sys.exit(
            f"moto {moto.__version__}: {owner.__name__}.{name} {state}, expected {parameters}: "
            "check its mend in local/emulators/moto_local.py"
        )
    return function


def keep_tags_of_new_buckets():
    """CreateBucketConfiguration.Tags are dropped: every preview shows a bucket's tags as new.
    Can go when moto reads them in S3Response._bucket_response_put."""
    put = target(S3Response, "_bucket_response_put", ["self", "request", "bucket_name", "querystring"])

    def _bucket_response_put(self, request, bucket_name, querystring):
        answer = put(self, request, bucket_name, querystring)
        if not querystring and b"<Tags>" in self.body:
            body = xmltodict.parse(self.body, force_list=("Tag",))
            tags = body["CreateBucketConfiguration"]["Tags"]["Tag"]
            self.backend.put_bucket_tagging(bucket_name, {t["Key"]: t["Value"] or "" for t in tags})
        return answer

    S3Response._bucket_response_put = _bucket_response_put


def leave_out_conditional_statements():
    """A resource policy's Condition is ignored: "deny unless TLS" denies every object read and
    write. Such statements are not enforced here; trust policies (no Resource) are left alone.
    Can go when moto evaluates Condition in resource policies."""
    statement = access_control.IAMPolicyStatement
    permitted = target(
        statement,
        "is_action_permitted",
        ["self", "action", "resource", "principal", "incoming_condition_values"],
    )

    def is_action_permitted(self, *args, **kwargs):
        if "Condition" in self._statement and "Resource" in self._statement:
            return access_control.PermissionResult.NEUTRAL
        return permitted(self, *args, **kwargs)

    statement.is_action_permitted = is_action_permitted


def run_jobs_without_docker():
    """A submitted Batch job is run in Docker, or fails with no log where there is none. Here it is a child process
    (jobs.py), or where that may not or cannot be SUCCEEDED at once on every machine, or FAILED where its environment
    has DSE_LOCAL_JOB=fail. Can go when moto runs jobs without Docker."""
    default_user_config["batch"]["use_docker"] = False
    mark_stopped = target(Job, "_mark_stopped", ["self", "success"])
    finish_at_once = target(BatchSimpleBackend, "_mark_job_as_finished", ["self", "include_start_attempt", "job"])
    submit = target(BatchResponse, "submitjob", ["self"])
    trusted = ContextVar("trusted", default=False)

    def submitjob(self):
        trusted.set(jobs.may_run(self.headers))
        return submit(self)

    def is_to_fail(job):
        defined = (job.job_definition.container_properties or {}).get("environment", [])
        environment = [*defined, *job.container_overrides.get("environment", [])]
        return {"name": "DSE_LOCAL_JOB", "value": "fail"} in environment

    def _mark_stopped(self, success=True):
        succeeded = success and not is_to_fail(self)
        if self.exit_code is None and self.job_stopped_reason is None:
            self.exit_code = 0 if succeeded else 1
        mark_stopped(self, succeeded)

    def finish(job, succeeded, reason):
        job.job_stopped_reason = reason
        job._mark_stopped(succeeded)

    def _mark_job_as_finished(self, include_start_attempt, job):
        if not (trusted.get() and jobs.fits(job)) or is_to_fail(job):
            finish_at_once(self, include_start_attempt, job)
            return
        self.backend._jobs[job.job_id] = job
        jobs.start(job, finish)

    Job._mark_stopped = _mark_stopped
    BatchSimpleBackend._mark_job_as_finished = _mark_job_as_finished
    BatchResponse.submitjob = submitjob


def describe_containers_of_jobs():
    """DescribeJobs leaves out a container's exit code and where its log is: nobody can end as a job does, or find
    what it printed. Can go when moto's Job.describe has exitCode, logConfiguration and resourceRequirements."""
    describe = target(Job, "describe", ["self"])

    def with_container(self):
        answer = describe(self)
        defined = self.job_definition.container_properties
        if not defined or "container" not in answer:
            return answer
        more = {"logConfiguration": defined.get("logConfiguration"), "exitCode": self.exit_code}
        wanted = {r["type"]: r for r in defined.get("resourceRequirements", [])}
        wanted.update({r["type"]: r for r in self.container_overrides.get("resourceRequirements", [])})
        more["resourceRequirements"] = list(wanted.values())
        answer["container"].update({k: v for k, v in more.items() if v is not None})
        return answer

    Job.describe = with_container


def keep_time_limits_of_queues():
    """jobStateTimeLimitActions are dropped: every preview shows those of a job queue as new.
    Can go when moto's JobQueue has them."""
    order = ["name", "priority", "state", "environments", "env_order_json", "schedule_policy", "backend", "tags"]
    target(JobQueue, "__init__", ["self", *order])
    describe = target(JobQueue, "describe", ["self"])

    def keep(call):
        def kept(self):
            answer = call(self)
            actions = self._get_param("jobStateTimeLimitActions")
            if actions is not None:
                queue = self.batch_backend.get_job_queue(json.loads(answer)["jobQueueArn"])
                queue.job_state_time_limit_actions = actions
            return answer

        return kept

    def describe_with_actions(self):
        actions = getattr(self, "job_state_time_limit_actions", [])
        return {**describe(self), "jobStateTimeLimitActions": actions}

    JobQueue.describe = describe_with_actions
    BatchResponse.createjobqueue = keep(target(BatchResponse, "createjobqueue", ["self"]))
    BatchResponse.updatejobqueue = keep(target(BatchResponse, "updatejobqueue", ["self"]))


def keep_updates_of_compute_environments():
    """An update of subnets, security groups or vCPUs is accepted and forgotten: every preview shows it again.
    Can go when moto's update_compute_environment reads compute_resources."""
    parameters = ["self", "compute_environment_name", "state", "compute_resources", "service_role"]
    update = target(BatchBackend, "update_compute_environment", parameters)

    def update_compute_environment(self, compute_environment_name, state, compute_resources, service_role):
        answer = update(self, compute_environment_name, state, compute_resources, service_role)
        environment = self.get_compute_environment(compute_environment_name)
        # Of a list that is empty AWS takes that it was not given.
        environment.compute_resources.update({k: v for k, v in (compute_resources or {}).items() if v != []})
        return answer

    BatchBackend.update_compute_environment = update_compute_environment


def give_compute_environments_the_service_linked_role():
    """A compute environment without a service role is refused; AWS makes its service-linked role, once.
    Can go when moto's create_compute_environment does."""
    arguments = ["compute_environment_name", "_type", "state", "compute_resources", "service_role", "tags"]
    create = target(BatchBackend, "create_compute_environment", ["self", *arguments])

    iam_models.SERVICE_NAME_CONVERSION["batch"] = "Batch"

    def service_linked_role(iam):
        try:
            return iam.get_role("AWSServiceRoleForBatch")
        except NotFoundException:
            return iam.create_service_linked_role("batch.amazonaws.com", description="", suffix="")

    def create_compute_environment(self, *, service_role, **kwargs):
        role = service_role or service_linked_role(self.iam_backend).arn
        return create(self, service_role=role, **kwargs)

    BatchBackend.create_compute_environment = create_compute_environment


def read_log_permissions_beside_other_statements():
    """PutBucketLogging is answered with an error 500 where the target's policy has a statement for
    everybody ("Principal": "*"), as "deny unless TLS" has. Can go when moto reads a principal that is text."""
    permitted = target(FakeBucket, "_log_permissions_enabled_policy", ["target_bucket", "target_prefix"])

    def _log_permissions_enabled_policy(target_bucket, target_prefix):
        policy = json.loads(target_bucket.policy or b'{"Statement": []}')
        named = [s for s in policy["Statement"] if isinstance(s.get("Principal"), dict)]
        seen = SimpleNamespace(
            name=target_bucket.name,
            partition=target_bucket.partition,
            policy=json.dumps({"Statement": named}).encode(),
        )
        return permitted(seen, target_prefix)

    FakeBucket._log_permissions_enabled_policy = staticmethod(_log_permissions_enabled_policy)


def list_no_service_specific_credentials():
    """ListServiceSpecificCredentials is answered with an error 500: the provider asks for them before it
    deletes a user with forceDestroy, and tries again for minutes. Can go when moto has the call."""
    if hasattr(IamResponse, "list_service_specific_credentials"):
        sys.exit(
            f"moto {moto.__version__} has list_service_specific_credentials: remove its mend in "
            "local/emulators/moto_local.py"
        )
    IamResponse.list_service_specific_credentials = lambda self: ActionResult(
        {"ServiceSpecificCredentials": [], "IsTruncated": False}
    )


def keep_boundaries_of_users():
    """A user's permissions boundary is dropped: every preview shows it as new.
    Can go when moto has put_user_permissions_boundary."""
    calls = ["put_user_permissions_boundary", "delete_user_permissions_boundary"]
    if any(hasattr(IamResponse, call) for call in calls):
        sys.exit(
            f"moto {moto.__version__} has {' or '.join(calls)}: remove its mend in "
            "local/emulators/moto_local.py"
        )
    create = target(IamResponse, "create_user", ["self"])

    def keep(self):
        arn = self._get_param("PermissionsBoundary")
        boundary = {"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": arn}
        self.backend.get_user(self._get_param("UserName")).permissions_boundary = boundary if arn else None
        return EmptyResult()

    def create_user(self):
        answer = create(self)
        keep(self)
        return answer

    IamResponse.create_user = create_user
    # What deletes a boundary names none.
    for call in calls:
        setattr(IamResponse, call, keep)


def speak_cbor_as_cloudwatch():
    """SDKs speak CBOR to CloudWatch (Smithy RPC v2), which moto answers with 404: no alarm can be made.
    Can go when moto's CloudWatch has a path /service/."""
    if any("/service/" in path for path in cloudwatch_urls.url_paths):
        sys.exit(
            f"moto {moto.__version__} answers CloudWatch at /service/: remove its mend in "
            "local/emulators/moto_local.py"
        )
    target(BaseResponse, "parse_parameters", ["self", "request"])
    target(BaseResponse, "serialized", ["self", "action_result"])
    target(BaseCBORParser, "parse_data_item", ["self", "stream"])
    target(CBORSerializer, "_serialize_data_item", ["self", "serialized", "value", "shape", "key"])

    text = {"type": "string"}
    nothing = DenormalizedStructureBuilder().with_members({}).build_model()
    fault = DenormalizedStructureBuilder().with_members({"__type": text, "message": text}).build_model()

    class CborCloudWatchResponse(CloudWatchResponse):
        use_raw_body = True

        def _get_action(self):
            return self.normalized_request.path.rsplit("/", 1)[-1]

        def parse_parameters(self, request):
            parser = RpcV2CBORParser()
            stream = parser.get_peekable_stream_from_bytes(request.data)
            self.params = parser.parse_data_item(stream) if request.data else {}

        def determine_response_protocol(self, service_model):
            return "json"

        def serialized(self, action_result):
            status, headers, body = super().serialized(action_result)
            answer = json.loads(body or "{}")
            shape = get_service_model("cloudwatch").operation_model(self._get_action()).output_shape
            if status >= 400:
                shape = fault
                answer = {"__type": answer["__type"], "message": answer.get("message", "")}
            encoded = bytearray()
            RpcV2CBORSerializer()._serialize_data_item(encoded, answer, shape or nothing)
            headers.update({"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"})
            return status, headers, bytes(encoded)

    path = "{0}/service/(?P<service>[^/]+)/operation/(?P<operation>[^/]+)$"
    cloudwatch_urls.url_paths[path] = CborCloudWatchResponse.dispatch


def complete_budgets():
    """Subscribers, tags and updates of a budget are not implemented: the provider waits for an answer
    for minutes. Can go when moto has these calls."""
    target(Budget, "__init__", ["self", "budget", "notifications"])
    create = target(BudgetsResponse, "create_budget", ["self"])

    def budget(self, name):
        self.backend.describe_budget(self._get_param("AccountId"), name)
        return self.backend.budgets[self._get_param("AccountId")][name]

    def tagged(self):
        account, name = self._get_param("ResourceARN").split(":budget/")
        return self.backend.budgets[account.split(":")[4]][name]

    def create_budget(self):
        answer = create(self)
        made = budget(self, self._get_param("Budget")["BudgetName"])
        made.tags = {tag["Key"]: tag["Value"] for tag in self._get_param("ResourceTags") or []}
        return answer

    def update_budget(self):
        new = self._get_param("NewBudget")
        # What is left out stays, or falls back to what it was made with.
        budget(self, new["BudgetName"]).budget.update(new)
        return "{}"

    def describe_subscribers_for_notification(self):
        wanted = self._get_param("Notification")
        found = [
            notification.subscribers
            for notification in budget(self, self._get_param("BudgetName")).notifications
            if all(wanted.get(key, value) == value for key, value in notification.details.items())
        ]
        return json.dumps({"Subscribers": found[0] if found else []})

    def list_tags_for_resource(self):
        tags = [{"Key": key, "Value": value} for key, value in tagged(self).tags.items()]
        return json.dumps({"ResourceTags": tags})

    def tag_resource(self):
        tagged(self).tags.update((t["Key"], t["Value"]) for t in self._get_param("ResourceTags"))
        return "{}"

    def untag_resource(self):
        for key in self._get_param("ResourceTagKeys"):
            tagged(self).tags.pop(key, None)
        return "{}"

    BudgetsResponse.create_budget = create_budget
    for call in [
        update_budget,
        describe_subscribers_for_notification,
        list_tags_for_resource,
        tag_resource,
        untag_resource,
    ]:
        if hasattr(BudgetsResponse, call.__name__):
            sys.exit(
                f"moto {moto.__version__} has {call.__name__} of budgets: look at its mend in "
                "local/emulators/moto_local.py"
            )
        setattr(BudgetsResponse, call.__name__, call)


def tell_that_nat_gateways_are_zonal():
    """AvailabilityMode is not answered with, without which the provider reads no address: a stack's NAT gateways
    have no public IP. Can go when moto has it."""
    create = target(
        NatGatewayBackend,
        "create_nat_gateway",
        ["self", "subnet_id", "allocation_id", "tags", "connectivity_type"],
    )

    def create_nat_gateway(self, *args, **kwargs):
        gateway = create(self, *args, **kwargs)
        gateway.availability_mode = "zonal"
        return gateway

    NatGatewayBackend.create_nat_gateway = create_nat_gateway


def take_deleted_subnets_from_access_lists():
    """A deleted subnet stays associated with its access list: every preview finds it there. Can go when moto's
    delete_subnet removes the association."""
    delete = target(SubnetBackend, "delete_subnet", ["self", "subnet_id"])

    def delete_subnet(self, subnet_id):
        subnet = delete(self, subnet_id)
        for acl in self.network_acls.values():
            acl._associations = {k: a for k, a in acl._associations.items() if a.subnet_id != subnet_id}
        return subnet

    SubnetBackend.delete_subnet = delete_subnet


def route_to_endpoints_that_are_modified():
    """A route table that a gateway endpoint is extended to gets no route to it, and the endpoint can then not be
    deleted. Can go when moto's modify_vpc_endpoint makes and deletes routes."""
    routes = ["remove_route_tables", "add_route_tables"]
    groups = ["add_security_groups", "remove_security_groups"]
    parameters = ["self", "vpc_id", "policy_doc", "add_subnets", "remove_subnets", *routes, *groups]
    modify = target(VPCBackend, "modify_vpc_endpoint", parameters)

    def modify_vpc_endpoint(self, **kwargs):
        modify(self, **kwargs)
        endpoint = self.describe_vpc_endpoints(vpc_end_point_ids=[kwargs["vpc_id"]])[0]
        prefix_list = endpoint.destination_prefix_list_id
        for table in kwargs["add_route_tables"] or []:
            self.create_route(table, None, gateway_id=endpoint.id, destination_prefix_list_id=prefix_list)
        for table in kwargs["remove_route_tables"] or []:
            self.delete_route(table, prefix_list)

    VPCBackend.modify_vpc_endpoint = modify_vpc_endpoint


def free_the_address_of_a_deleted_nat_gateway():
    """The elastic IP of a deleted NAT gateway stays taken: its replacement cannot have it. Can go when moto's
    delete_nat_gateway disassociates it."""
    delete = target(NatGatewayBackend, "delete_nat_gateway", ["self", "nat_gateway_id"])

    def delete_nat_gateway(self, nat_gateway_id):
        gateway = delete(self, nat_gateway_id)
        for address in gateway.address_set:
            if address.get("publicIp"):
                self.disassociate_address(address=address["publicIp"])
        return gateway

    NatGatewayBackend.delete_nat_gateway = delete_nat_gateway


def read_the_icmp_type_of_access_lists():
    """Type and code of ICMP are looked for under names that no request has: an access list's rule for all of
    ICMP becomes one for pings' answers. Can go when moto reads IcmpTypeCode."""
    get = target(BaseResponse, "_get_param", ["self", "param_name", "if_none"])

    def _get_param(self, param_name, if_none=None):
        return get(self, param_name.replace("Icmp.", "IcmpTypeCode.", 1), if_none)

    NetworkACLs._get_param = _get_param


def tell_that_buckets_tell_event_bridge():
    """EventBridgeConfiguration is kept but not answered with: every preview turns it on again. Can go when moto
    has it in S3Response.get_bucket_notification."""
    get = target(S3Response, "get_bucket_notification", ["self"])

    def get_bucket_notification(self):
        kept = self.backend.get_bucket_notification_configuration(self.bucket_name)
        if kept is None or kept.event_bridge is None:
            return get(self)
        serialized = self.serialized

        def with_event_bridge(answer):
            answer.result.setdefault("EventBridgeConfiguration", {})
            return serialized(answer)

        self.serialized = with_event_bridge
        return get(self)

    S3Response.get_bucket_notification = get_bucket_notification


def deliver_no_access_logs():
    """Each request to a bucket becomes an object of its log bucket at once, which costs more than most requests and is
    kept in memory; S3 delivers a few files, hours later. Can go when moto gathers them."""
    target(S3Backend, "log_incoming_request", ["self", "request", "bucket_name"])
    S3Backend.log_incoming_request = lambda self, request, bucket_name: None


def look_up_faster():
    """Not among the mends, as nothing is wrong without it. At every request moto looks through its folders and patterns
    for whoever serves a host, and for every error through all that the service has."""
    find = target(DomainDispatcherApplication, "get_backend_for_host", ["self", "host"])
    DomainDispatcherApplication.get_backend_for_host = lru_cache(maxsize=1024)(find)
    target(errors.ErrorLookupFactory, "for_service", ["self", "service_model"])
    errors.ErrorLookupFactory = lru_cache(maxsize=None)(errors.ErrorLookupFactory)


def make_key(arn):
    """A key of KMS that is the same in each account: what it has encrypted outlives an account."""
    _, _, _, region, account, resource = arn.split(":")
    key = Key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "Secrets of the local AWS's stacks", account, region)
    key.arn, key.id = arn, resource.removeprefix("key/")
    # None that the person, or a stack, has made.
    key.key_manager = "AWS"
    key.key_material = hashlib.sha256(key.id.encode()).digest()
    kms_backends[account][region].keys[key.id] = key


class MotoGateway(Gateway_10):
    """Tells moto what its own server does: the address as it was sent, in the path each slash, of S3's metadata the
    underscores."""

    def get_environ(self):
        environ = super().get_environ()
        address = environ["REQUEST_URI"]
        names = [name.decode("latin-1") for name in self.req.inheaders]
        kept = {environ_key_for_header(n): n for n in names if should_preserve_original_header_name(n)}
        return {
            **environ,
            "RAW_URI": address,
            "PATH_INFO": unquote(address.partition("?")[0], "latin-1"),
            PRESERVED_HEADER_NAMES_ENVIRON_KEY: kept,
        }


def serve(host, port):
    """As moto.server does, but not by Werkzeug's server, which starts a thread for every request and keeps it for
    10 ms more: half of the time that a request takes. More threads than two only wait for each other's turn in Python."""
    server = Server((host, port), DomainDispatcherApplication(create_backend_app), numthreads=2, request_queue_size=128)
    server.gateway = MotoGateway
    # The gateway closes its idle connections before that (local/gateway/main.mts).
    server.timeout = 300
    server.keep_alive_conn_limit = 128
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    server.safe_start()


MENDS = [
    keep_tags_of_new_buckets,
    leave_out_conditional_statements,
    run_jobs_without_docker,
    describe_containers_of_jobs,
    keep_time_limits_of_queues,
    keep_updates_of_compute_environments,
    give_compute_environments_the_service_linked_role,
    read_log_permissions_beside_other_statements,
    list_no_service_specific_credentials,
    keep_boundaries_of_users,
    speak_cbor_as_cloudwatch,
    complete_budgets,
    tell_that_nat_gateways_are_zonal,
    take_deleted_subnets_from_access_lists,
    route_to_endpoints_that_are_modified,
    free_the_address_of_a_deleted_nat_gateway,
    read_the_icmp_type_of_access_lists,
    tell_that_buckets_tell_event_bridge,
    deliver_no_access_logs,
]

if __name__ == "__main__":
    arguments = sys.argv[1:]
    for mend in MENDS:
        # Tests start moto without one mend, to prove that it matters.
        if f"--without={mend.__name__}" in arguments:
            arguments.remove(f"--without={mend.__name__}")
        else:
            mend()
    look_up_faster()
    # What jobs run ends with the account.
    atexit.register(jobs.end_all)
    parser = argparse.ArgumentParser()
    parser.add_argument("-H", "--host", default="127.0.0.1")
    parser.add_argument("-p", "--port", type=int, required=True)
    parser.add_argument("--key", required=True, help="the ARN of a KMS key to begin with")
    options = parser.parse_args(arguments)
    make_key(options.key)
    serve(options.host, options.port)
