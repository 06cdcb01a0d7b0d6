// The account that the Terraform reference makes, and what each difference from it changes there.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DifferenceId } from "../../components/lib/differences.ts";
import { canonical, type Inventory, type Json } from "../support/inventory.mts";

/** A secret's ARN ends in six characters that AWS makes up. */
export function withoutSecretSuffix(inventory: Inventory): Inventory {
  const text = JSON.stringify(inventory).replaceAll(/(snowflake_raw)-\w{6}/g, "$1-XXXXXX");
  return JSON.parse(text) as Inventory;
}

/** dev-account.json, completed by what it does not record and freed of what its emulator got wrong. */
export function referenceAccount(): Inventory {
  const file = join(import.meta.dirname, "..", "reference", "dev-account.json");
  const account = JSON.parse(readFileSync(file, "utf8")) as Record<string, Record<string, Rules>>;
  const groups = Object.entries(account["securityGroups"] ?? {}).map(([name, group]) => [
    name,
    {
      // Of the Terraform state.
      description: {
        default: "default VPC security group",
        "dse-infra-dev-batch-sg": "Allow ECS tasks to reach out to internet",
        "dse-infra-dev-mwaa-no-ingress-sg": "Managed by Terraform",
      }[name],
      ingress: group.ingress.map((rule) => JSON.parse(rule) as Json),
      egress: group.egress.map((rule) => JSON.parse(rule) as Json),
    },
  ]);
  const [environment = "", mwaa] = Object.entries(account["mwaa"] ?? {})[0] ?? [];
  return withoutSecretSuffix(
    canonical({
      ...(account as unknown as Inventory),
      securityGroups: Object.fromEntries(groups) as Json,
      mwaa: {
        [environment]: {
          ...(mwaa as unknown as Inventory),
          RequirementsS3Path: "requirements.txt",
          requirementsVersioned: false,
        },
      },
      // What AWS gives a VPC, which the state does not say.
      networkAcls: [
        {
          entries: ["egress", "ingress"].map((way) => ({
            what: `${way} 100`,
            action: "allow",
            protocol: "-1",
            cidr: "0.0.0.0/0",
            from: null,
            to: null,
          })),
          subnets: 4,
        },
      ],
      flowLogs: [],
      logGroups: {},
    }) as Inventory,
  );
}

interface Rules {
  ingress: string[];
  egress: string[];
}

/** Paths of the inventory that each difference changes; none where the account does not show it. */
export const claims: Record<DifferenceId, RegExp[]> = {
  "airflow-version": [/^mwaa\/[^/]+\/AirflowVersion$/],
  "batch-logs": [
    /^jobDefinitions\/[^/]+\/containerProperties\/logConfiguration$/,
    /^logGroups\/\/aws\/batch\//,
  ],
  "batch-submit-actions": [/^policies\/[^/]+-batch-submit-policy\//],
  "bot-group": [/^groups\/[^/]+-cd-bot$/, /^users\/[^/]+-cd-bot\/(attached|groups)$/],
  "bucket-access-logs": [/^buckets\/[^/]+-access-logs$/, /^buckets\/[^/]+\/logging$/],
  "bucket-events": [/^buckets\/[^/]+\/events$/],
  "bucket-encryption": [/^buckets\/[^/]+\/encryption$/],
  "bucket-lifecycle": [/^buckets\/[^/]+\/lifecycle$/],
  "bucket-ownership": [/^buckets\/[^/]+\/ownership$/],
  "bucket-public-access-block": [/^buckets\/[^/]+\/pab$/],
  "bucket-tls-only": [/^buckets\/[^/]+\/policy$/],
  "data-key": [/^buckets\/[^/]+\/encryption$/, /^logGroups\/.*/],
  "default-security-group": [/^securityGroups\/default\/egress$/],
  "ecr-lifecycle": [/^ecr\/[^/]+\/lifecycle$/],
  "ecr-tag-immutability": [/^ecr\/[^/]+\/mutability$/],
  "flow-logs": [
    /^flowLogs$/,
    /^logGroups\/\/aws\/vpc-flow-logs\//,
    /^(roles|policies)\/[^/]+-flow-logs-(role|policy)$/,
  ],
  "list-buckets-resource": [/^policies\/[^/]+-s3-list-all-my-buckets\//],
  "mwaa-deny-statement": [/^policies\/[^/]+-mwaa-execution-policy\//],
  "mwaa-logs": [/^mwaa\/[^/]+\/LoggingConfiguration\//, /^logGroups\/airflow-/],
  "mwaa-requirements-version": [/^mwaa\/[^/]+\/requirementsVersioned$/],
  "mwaa-s3-actions": [/^policies\/[^/]+-mwaa-execution-policy\//],
  "mwaa-security-group-description": [/^securityGroups\/[^/]+-mwaa-no-ingress-sg\/description$/],
  "network-acl": [/^networkAcls$/],
  "object-actions": [/^policies\/[^/]+-s3(-scratch)?-policy\//],
  "people-force-destroy": [],
  "people-mfa": [/^policies\/[^/]+-self-manage-credentials-policy\//],
  "role-trust": [/^roles\/[^/]+-(service|exec|job|execution)-role\/assume\//],
  "s3-endpoint": [/^endpoints$/],
  "scratch-versioning": [/^buckets\/[^/]+-scratch\/versioning$/],
  "secret-scope": [/^policies\/[^/]+-access-secrets\//],
  "subnet-public-ip": [/^subnets\/.*\/publicIp$/],
};
