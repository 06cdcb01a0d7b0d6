import {
  atLeast,
  isPublished,
  readRequirements,
  requirementsProblem,
} from "../../components/lib/airflow.ts";
import { readAirflowFiles } from "../airflow-files.ts";
import { airflowSizesOf, airflowVersionOf, keptDifferences, type Settings } from "../settings.ts";
import type { Problem } from "./problem.ts";

export function airflowProblems(values: Partial<Settings>): Problem[] {
  return [
    ...airflowSizeProblems(values),
    ...webserverAccessProblems(values),
    ...webserverProblems(values),
    ...airflowLogProblems(values),
    ...airflowFileProblems(values),
  ];
}

function airflowSizeProblems({
  mwaaClass,
  mwaaSchedulers,
  mwaaMinWorkers,
  mwaaMaxWorkers,
}: Partial<Settings>): Problem[] {
  if (mwaaClass === undefined || mwaaSchedulers === undefined || mwaaMaxWorkers === undefined)
    return [];
  const { schedulers, maxWorkers } = airflowSizesOf({ mwaaClass, mwaaSchedulers, mwaaMaxWorkers });
  const problems: Problem[] = [];
  if (mwaaMinWorkers && mwaaMinWorkers > maxWorkers)
    problems.push({
      key: "mwaaMinWorkers",
      value: mwaaMinWorkers,
      rule: `must not be above mwaaMaxWorkers, ${String(maxWorkers)}`,
    });
  // https://docs.aws.amazon.com/mwaa/latest/API/API_CreateEnvironment.html
  const micro = mwaaClass === "mw1.micro";
  if (micro !== (schedulers === 1))
    problems.push({
      key: "mwaaSchedulers",
      value: mwaaSchedulers,
      rule: micro ? "must be 1 in mw1.micro, or 0" : `must be 2 to 5 in ${mwaaClass}, or 0`,
    });
  if (micro && maxWorkers !== 1)
    problems.push({
      key: "mwaaMaxWorkers",
      value: mwaaMaxWorkers,
      rule: "must be 1 in mw1.micro, which does not scale, or 0",
    });
  return problems;
}

function webserverAccessProblems({
  mwaaWebserverAccess: value,
  airflowVersion,
  keepReference,
}: Partial<Settings>): Problem[] {
  if (value !== "PUBLIC_AND_PRIVATE" || airflowVersion === undefined || !keepReference) return [];
  const version = airflowVersionOf({ airflowVersion, keepReference });
  if (atLeast(version, "3.2.0")) return [];
  const rule = `needs Airflow 3.2.0 or later, this is ${version}`;
  return [{ key: "mwaaWebserverAccess", value, rule }];
}

/** https://docs.aws.amazon.com/mwaa/latest/API/API_CreateEnvironment.html */
function webserverProblems({
  mwaaClass,
  mwaaMinWebservers,
  mwaaMaxWebservers,
}: Partial<Settings>): Problem[] {
  if (!mwaaClass || mwaaMinWebservers === undefined || mwaaMaxWebservers === undefined) return [];
  const micro = mwaaClass === "mw1.micro";
  const [least, most] = micro ? [1, 1] : [2, 5];
  const problems: Problem[] = Object.entries({ mwaaMinWebservers, mwaaMaxWebservers })
    .filter(([, value]) => value !== 0 && (value < least || value > most))
    .map(([key, value]) => ({
      key,
      value,
      rule: micro ? "must be 1 in mw1.micro, or 0" : `must be 2 to 5 in ${mwaaClass}, or 0`,
    }));
  // AWS's default of both is the least.
  if (problems.length === 0 && (mwaaMinWebservers || least) > (mwaaMaxWebservers || least))
    problems.push({
      key: "mwaaMinWebservers",
      value: mwaaMinWebservers,
      rule: `must not be above mwaaMaxWebservers, ${String(mwaaMaxWebservers || least)}`,
    });
  return problems;
}

function airflowLogProblems({ mwaaLogLevels, keepReference }: Partial<Settings>): Problem[] {
  if (!mwaaLogLevels || !keepReference || Object.keys(mwaaLogLevels).length === 0) return [];
  if (!keptDifferences(keepReference).includes("mwaa-logs")) return [];
  const rule = "has no effect with keepReference mwaa-logs, which turns Airflow's logs off";
  return [{ key: "mwaaLogLevels", value: mwaaLogLevels, rule }];
}

function airflowFileProblems(values: Partial<Settings>): Problem[] {
  const { airflowFiles, airflowVersion, keepReference, natStrategy, existingVpcId } = values;
  if (airflowFiles === undefined || airflowVersion === undefined || !keepReference) return [];
  const { requirements } = readAirflowFiles(airflowFiles);
  if (requirements === undefined) return [];
  const at = (rule: string) => ({ key: "airflowFiles", value: airflowFiles, rule });
  const problem = requirementsProblem(
    requirements,
    airflowVersionOf({ airflowVersion, keepReference }),
  );
  if (problem) return [at(problem)];
  const remote = readRequirements(requirements).constraints.some(isPublished);
  if (natStrategy !== "none" || existingVpcId || !remote) return [];
  return [
    at(
      "requirements.txt has constraints that Airflow cannot download with natStrategy none: upload them with the DAGs, as /usr/local/airflow/dags/…",
    ),
  ];
}
