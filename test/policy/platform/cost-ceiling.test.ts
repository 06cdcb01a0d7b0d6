import { batch, ec2, mwaa } from "../../../policy/lib/types.ts";
import { costCeiling } from "../../../policy/rules/platform/cost-ceiling.ts";
import { fixture, testRule, UNKNOWN } from "../support.ts";

const jobs = (maxVcpus: unknown, name = "jobs") =>
  fixture(batch.ComputeEnvironment, name, { computeResources: { type: "FARGATE", maxVcpus } });
const nats = (count: number) =>
  Array.from({ length: count }, (_, i) => fixture(ec2.NatGateway, `nat-${String(i)}`, {}));
const airflow = (props: object) => [fixture(mwaa.Environment, "airflow", props)];
const classes = ["micro", "small", "medium", "large", "xlarge", "2xlarge"].map(
  (size) => `mw1.${size}`,
);
const limits = { maxVcpus: 16, natGateways: 2, mwaaClass: "mw1.small", mwaaWorkers: 5 };

testRule(costCeiling, {
  good: [jobs(16), ...nats(2), ...airflow({ environmentClass: "mw1.small", maxWorkers: 5 })],
  bad: {
    "too many vCPUs": { stack: [jobs(257)], finds: ["jobs"] },
    "too many vCPUs together": { stack: [jobs(200), jobs(57, "more")], finds: ["more"] },
    "too many NAT gateways": { stack: nats(5), finds: ["nat-3", "nat-4"] },
    "too large an Airflow": {
      stack: airflow({ environmentClass: "mw1.xlarge" }),
      finds: ["airflow"],
    },
    "an Airflow of an unheard-of size": {
      stack: airflow({ environmentClass: "mw1.8xlarge" }),
      finds: ["airflow"],
    },
    "too many workers": { stack: airflow({ maxWorkers: 26 }), finds: ["airflow"] },
  },
  nearMiss: {
    "just as many": [
      jobs(256),
      ...nats(3),
      ...airflow({ environmentClass: "mw1.large", maxWorkers: 25, minWorkers: 1 }),
    ],
    "the smallest Airflow": airflow({ environmentClass: "mw1.micro" }),
    "a class that AWS chooses, and a preview does not know": airflow({
      environmentClass: UNKNOWN,
      maxWorkers: UNKNOWN,
    }),
  },
  unknown: { "the vCPUs": [jobs(UNKNOWN)] },
  missing: {
    "class and workers": { stack: airflow({}), finds: [] },
    "compute resources": { stack: [fixture(batch.ComputeEnvironment, "jobs", {})], finds: [] },
  },
  config: {
    "just as many as elsewhere": {
      stack: [jobs(16), ...nats(2), ...airflow({ environmentClass: "mw1.small", maxWorkers: 5 })],
      settings: limits,
      finds: [],
    },
    "one more of each": {
      stack: [jobs(17), ...nats(3), ...airflow({ environmentClass: "mw1.medium", maxWorkers: 6 })],
      settings: limits,
      finds: ["airflow", "airflow", "jobs", "nat-2"],
    },
    ...Object.fromEntries(
      classes.map((mwaaClass, i) => [
        `${mwaaClass} as the largest Airflow`,
        {
          stack: classes.map((environmentClass) =>
            fixture(mwaa.Environment, environmentClass, { environmentClass }),
          ),
          settings: { mwaaClass },
          finds: classes.slice(i + 1),
        },
      ]),
    ),
    "ten workers, which AWS takes where nothing is said": {
      stack: airflow({}),
      settings: limits,
      finds: ["airflow"],
    },
  },
});
