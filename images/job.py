"""
Writes one object into a bucket: a job to start from.

  BUCKET   the bucket, such as the platform's scratch bucket
  RUN      what the object is named after; the Batch job's id where it is not set

Ends with 0 where the object was written, 1 where S3 refused it, 2 where a variable is missing.
"""

import json
import os
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError


def main() -> int:
    bucket = os.environ.get("BUCKET")
    job = os.environ.get("AWS_BATCH_JOB_ID")
    run = os.environ.get("RUN") or job
    if not bucket:
        print("BUCKET is not set: the name of the bucket to write to", file=sys.stderr)
        return 2
    if not run:
        print("RUN is not set, nor AWS_BATCH_JOB_ID: what to name the object after", file=sys.stderr)
        return 2
    key = f"run_job/{run}.json"
    body = json.dumps({"run": run, "job": job})
    try:
        boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json")
    except (BotoCoreError, ClientError) as error:
        print(f"s3://{bucket}/{key} was not written: {error}", file=sys.stderr)
        return 1
    print(f"wrote s3://{bucket}/{key}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
