"""Runs a DAG to its end, without a scheduler, and prints what is known of it: run_dag.py DAG REPORT."""

import json
import sys

from airflow.models.dagbag import DagBag

dag_id, report = sys.argv[1:]
bag = DagBag()
answer = {"errors": list(bag.import_errors.values()), "dags": sorted(bag.dags)}
if dag_id in bag.dags:
    dag = bag.dags[dag_id]
    run = dag.test()
    answer |= {"schedule": dag.timetable.summary, "state": run.state, "run": run.run_id}
with open(report, "w", encoding="utf-8") as file:
    json.dump(answer, file)
