"""moto's server with the mends that a Pulumi program needs to deploy to it unchanged.

Each mend says what goes wrong without it and when it can go. A mend whose target has changed
stops the server with a message: it must be looked at before moto is updated.
"""

import inspect
import sys

import moto
import xmltodict
from moto.core.config import default_user_config
from moto.core.responses import ActionResult
from moto.iam import access_control
from moto.iam.responses import IamResponse
from moto.s3.responses import S3Response


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


def finish_jobs_without_docker():
    """A submitted Batch job is run in Docker, or fails with no log where there is none. Here it is
    accepted and SUCCEEDED at once on every machine. Can go when jobs are to run for real."""
    default_user_config["batch"]["use_docker"] = False


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


MENDS = [
    keep_tags_of_new_buckets,
    leave_out_conditional_statements,
    finish_jobs_without_docker,
    list_no_service_specific_credentials,
]

if __name__ == "__main__":
    from moto.server import main

    arguments = sys.argv[1:]
    for mend in MENDS:
        # Tests start moto without one mend, to prove that it matters.
        if f"--without={mend.__name__}" in arguments:
            arguments.remove(f"--without={mend.__name__}")
        else:
            mend()
    sys.exit(main(arguments))
