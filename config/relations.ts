import { airflowProblems } from "./relations/airflow";
import { identityProblems } from "./relations/identity";
import { jobProblems } from "./relations/jobs";
import { networkProblems } from "./relations/network";
import type { Problem } from "./relations/problem";
import type { Settings } from "./settings";

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
