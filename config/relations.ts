import { airflowProblems } from "./relations/airflow.ts";
import { identityProblems } from "./relations/identity.ts";
import { jobProblems } from "./relations/jobs.ts";
import { networkProblems } from "./relations/network.ts";
import type { Problem } from "./relations/problem.ts";
import type { Settings } from "./settings.ts";

export type { Problem };

/** What no setting shows by itself. A rule whose settings are themselves wrong is silent. */
export function relationProblems(values: Partial<Settings>): Problem[] {
  return [
    ...networkProblems(values),
    ...jobProblems(values),
    ...airflowProblems(values),
    ...alarmProblems(values),
    ...identityProblems(values),
  ];
}

function alarmProblems({ alarmEmails, monthlyBudgetUsd }: Partial<Settings>): Problem[] {
  if (!monthlyBudgetUsd || alarmEmails === undefined || alarmEmails.length) return [];
  const rule = "needs alarmEmails, or nobody hears of it";
  return [{ key: "monthlyBudgetUsd", value: monthlyBudgetUsd, rule }];
}
