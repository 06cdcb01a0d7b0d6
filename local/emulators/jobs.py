"""Batch jobs as child processes of this machine, in place of containers.

A command runs where whoever submits it holds the instance's token, and its program is on this machine: as a list of
arguments, in no shell, with the environment and secrets of the job and none of the machine's, in a copy of images/
(the folder that the platform's image is built from). Its output is in the log group and stream that Batch would use.
"""

import hmac
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from threading import Lock, Thread, Timer
from uuid import uuid4

from moto.core.utils import unix_time_millis, utcnow
from moto.secretsmanager.models import secretsmanager_backends

TOKEN = os.environ.pop("DSE_LOCAL_JOB_TOKEN", "")
ENDPOINT = os.environ.pop("DSE_LOCAL_ENDPOINT", "")
IMAGE = Path(__file__).resolve().parents[2] / "images"
# This Python has boto3, as the platform's image has.
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
LIMIT_SECONDS = 15 * 60
# CloudWatch Logs takes events of up to 256 KiB.
LONGEST_LINE = 200_000

running = {}
lock = Lock()


def may_run(headers):
    """Whether a request is one of somebody who may run commands as this machine's user: any user of the machine
    reaches the port."""
    given = headers.get("X-Amz-Security-Token") or ""
    return bool(TOKEN) and hmac.compare_digest(given.encode(), TOKEN.encode())


def command_of(job):
    return job._add_parameters_to_command(job._get_container_property("command", []))


def fits(job):
    """Array jobs and jobs without a command are not run."""
    return bool(job.job_definition.container_properties and not job.array_properties and command_of(job))


def log_place(job):
    """https://docs.aws.amazon.com/batch/latest/userguide/using_awslogs.html"""
    options = job.job_definition.container_properties.get("logConfiguration", {}).get("options", {})
    prefix = options.get("awslogs-stream-prefix", job.job_definition.name)
    return options.get("awslogs-group", "/aws/batch/job"), f"{prefix}/default/{uuid4().hex}"


def environment_of(job):
    """What Batch and Fargate give a container. Its credentials are the account's, but without the token: a job
    starts no process by submitting another."""
    account, region = job.backend.account_id, job.backend.region_name
    defined = {e["name"]: e["value"] for e in job._get_container_property("environment", [])}
    return {
        "PYTHONUNBUFFERED": "1",
        **defined,
        **secrets_of(job),
        "PATH": PATH,
        "AWS_BATCH_JOB_ID": job.job_id,
        "AWS_BATCH_JOB_ATTEMPT": "1",
        "AWS_BATCH_JQ_NAME": job.job_queue.name,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ENDPOINT_URL": ENDPOINT,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "job",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def secrets_of(job):
    """https://docs.aws.amazon.com/batch/latest/userguide/specifying-sensitive-data-secrets.html"""
    backend = secretsmanager_backends[job.backend.account_id][job.backend.region_name]
    values = {}
    for secret in job.job_definition.container_properties.get("secrets", []):
        parts = secret["valueFrom"].split(":")
        text = backend.get_secret_value(":".join(parts[:7]), "", "")["SecretString"]
        values[secret["name"]] = json.loads(text)[parts[7]] if len(parts) > 7 and parts[7] else text
    return values


def start(job, finish):
    """Runs the job in a thread. `finish(job, succeeded, reason)` where it has ended."""
    job.status = "RUNNABLE"
    Thread(target=_run, args=(job, finish), daemon=True).start()


def _run(job, finish):
    if job.depends_on and not job._wait_for_dependencies():
        return
    group, stream = log_place(job)
    logs = job._log_backend
    logs.ensure_log_group(group)
    logs.ensure_log_stream(group, stream)

    def write(line):
        logs.put_log_events(group, stream, [{"timestamp": int(unix_time_millis(utcnow())), "message": line}])

    job.log_stream_name = stream
    program, *arguments = command_of(job)
    found = shutil.which(program, path=PATH)
    if not found:
        write(f"local AWS: {program} is not on this machine: the job was not run, and counts as succeeded")
        finish(job, True, None)
        return
    folder = tempfile.mkdtemp(prefix="job-")
    try:
        job.status = "STARTING"
        environment = environment_of(job)
        if IMAGE.is_dir():
            shutil.copytree(IMAGE, folder, dirs_exist_ok=True)
        job.job_started_at = datetime.now()
        job._start_attempt()
        child = subprocess.Popen(
            [found, *arguments],
            cwd=folder,
            env={**environment, "HOME": folder, "TMPDIR": folder},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        with lock:
            running[job.job_id] = child
        job.status = "RUNNING"
        reason = _follow(job, child, write)
        job.exit_code = child.returncode if child.returncode >= 0 else 128 - child.returncode
        finish(job, job.exit_code == 0 and reason is None, reason or "Essential container in task exited")
    except Exception as error:
        # As where a task cannot be started: there is no exit code.
        finish(job, False, f"local AWS: {error}")
    finally:
        with lock:
            running.pop(job.job_id, None)
        shutil.rmtree(folder, ignore_errors=True)


def _follow(job, child, write):
    """Writes what the child prints; returns why it was ended, if it was."""
    seconds = min(job._get_attempt_duration() or LIMIT_SECONDS, LIMIT_SECONDS)
    late = []

    def end():
        late.append("Job attempt duration exceeded timeout")
        kill(child)

    limit = Timer(seconds, end)
    limit.start()
    # TerminateJob sets a flag.
    watch = Thread(target=_end_where_asked, args=(job, child), daemon=True)
    watch.start()
    try:
        for line in iter(lambda: child.stdout.readline(LONGEST_LINE), b""):
            write(line.decode("utf-8", "replace").rstrip("\r\n") or " ")
        child.wait()
    finally:
        limit.cancel()
        # What the command has left behind ends with it, as with a container.
        kill(child)
    return job.job_stopped_reason if job.stop else late[0] if late else None


def _end_where_asked(job, child):
    while child.poll() is None:
        if job.stop:
            kill(child)
        time.sleep(0.1)


def kill(child):
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def end_all():
    with lock:
        for child in running.values():
            kill(child)
