import { airflowEndpoints } from "../components/lib/nat.ts";
import type { PlatformConfig } from "../config.ts";

/** A change of settings that may make the stack cheaper. */
export interface Alternative {
  /** As it is written in the stack's file. */
  readonly changes: Readonly<Record<string, unknown>>;
  /** What it means besides. */
  readonly effect: string;
}

/**
 * What to try on a stack; whether it is cheaper, the estimate of the changed stack tells. What a stack has
 * already, and what its other settings forbid, falls away there.
 */
export function alternatives({ network, airflow, existingNetwork }: PlatformConfig): Alternative[] {
  const small = airflow.environmentClass === "mw1.micro" ? [] : [micro];
  // They are as many as a strategy has gateways.
  const noAddresses = network.natElasticIps.length ? { natElasticIps: [] } : {};
  const nat = existingNetwork
    ? []
    : [
        {
          changes: { natStrategy: "single", ...noAddresses },
          effect: "a failure of its zone cuts off all zones",
        },
        {
          changes: { natStrategy: "regional", ...noAddresses },
          effect: "one gateway to look after; AWS bills each zone it stands in",
        },
        {
          changes: {
            natStrategy: "none",
            ...noAddresses,
            interfaceEndpoints: [...new Set([...network.interfaceEndpoints, ...airflowEndpoints])],
          },
          effect: "Airflow reaches AWS alone, by endpoints",
        },
      ];
  return [
    ...nat,
    ...small,
    ...classesBelow(airflow.environmentClass).map((mwaaClass) => ({
      changes: { mwaaClass },
      effect: "fewer DAGs and tasks at once",
    })),
    { changes: { mwaaSchedulers: 2 }, effect: "fewer DAGs parsed at once" },
    { changes: { mwaaMinWorkers: 1 }, effect: "a burst of tasks waits for workers" },
    {
      changes: { batchCapacity: ["FARGATE_SPOT", "FARGATE"] },
      effect: "a job may end with two minutes' notice",
    },
    { changes: { logRetentionDays: 30 }, effect: "older logs are gone" },
  ];
}

const micro: Alternative = {
  // It runs one of each, and does not scale.
  changes: { mwaaClass: "mw1.micro", mwaaSchedulers: 0, mwaaMinWorkers: 1, mwaaMaxWorkers: 0 },
  effect: "25 DAGs, 3 tasks at once, no autoscaling",
};

const classes = ["mw1.small", "mw1.medium", "mw1.large", "mw1.xlarge", "mw1.2xlarge"];

const classesBelow = (environmentClass: string) =>
  classes.slice(0, Math.max(0, classes.indexOf(environmentClass)));
