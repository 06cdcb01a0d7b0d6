"""
Runs one job on the platform and waits for it: a DAG to start from, and the proof that Airflow reaches Batch.

It has no schedule: trigger it by hand. It fails where the job does. A run that is repeated writes the same object
again. What the job does is in images/job.py; its image must have been pushed to the platform's repository.
"""

from datetime import timedelta

from airflow.configuration import conf
from airflow.providers.amazon.aws.operators.batch import BatchOperator
from airflow.sdk import dag

# Options of the environment, which the platform sets. Where one is missing, Airflow shows its name as an import error.
QUEUE = conf.get("custom", "default_job_queue")
# A name without a revision, so that Batch takes the latest.
DEFINITION = conf.get("custom", "default_job_definition")
SCRATCH_BUCKET = conf.get("custom", "scratch_bucket")


@dag(schedule=None, catchup=False, doc_md=__doc__)
def run_job():
    BatchOperator(
        task_id="run",
        job_name="run_job",
        job_queue=QUEUE,
        job_definition=DEFINITION,
        container_overrides={
            "command": ["python", "job.py"],
            "environment": [
                {"name": "BUCKET", "value": SCRATCH_BUCKET},
                {"name": "RUN", "value": "{{ run_id }}"},
            ],
        },
        # Waits in the triggerer: a worker's slot is free meanwhile.
        deferrable=True,
        poll_interval=10,
        execution_timeout=timedelta(hours=1),
    )


run_job()
