import assert from "node:assert/strict";
import platform = require("../../index");
import { toPolicies } from "../../policy/lib/pack";
import { topics } from "../../policy/rules";
import { runProgram } from "../support/mocks";
import { analyze, recordedFixtures } from "./support";

describe("policy pack on the reference as it was", () => {
  it("finds what is known to be wrong with its network and identities, and nothing else", async () => {
    const { resources } = await runProgram(platform, {
      stack: "dev",
      config: { keepReference: ["all"] },
    });
    const { inputs, outputs } = recordedFixtures(resources);
    const { network, identity } = topics;
    const { reports } = await analyze(
      toPolicies({ network, identity }, "2026-11-25"),
      inputs,
      {},
      outputs,
    );
    const found: Record<string, string[]> = {};
    for (const { rule, resource } of reports) (found[rule] ??= []).push(resource);
    for (const names of Object.values(found)) names.sort();
    const projects = ["bppe", "cdss", "cdtfa", "hcd", "water"].map((id) => `project-${id}-rw`);
    assert.deepEqual(found, {
      "ec2-default-sg-closed": ["vpc"],
      // The group, and its rules of either direction.
      "ec2-sg-described": ["mwaa", "mwaa", "mwaa"],
      "ec2-sg-egress-narrow": ["mwaa"],
      "ec2-subnet-no-auto-public-ip": ["vpc-public-0", "vpc-public-1"],
      "ec2-vpc-flow-logs": ["vpc"],
      "net-nacl-no-admin-ports": ["vpc"],
      // Cancelling and listing jobs on queues, listing buckets on objects, and a denial that matches nothing.
      "iam-action-matches-resource": [
        "batch-submit",
        "batch-submit",
        "mwaa",
        ...projects,
        "scratch-rw",
      ],
      "iam-group-requires-mfa": ["people"],
      "iam-no-action-wildcard": [...projects, "scratch-rw"],
      // Every secret of the account, and a person's device of any name.
      "iam-no-star-resource": ["batch-secrets", "people-self-manage"],
      "iam-no-user-attachment": ["batch-submit-bot", "registry-push-bot"],
      // Airflow's by two services.
      "iam-trust-scoped": ["batch-exec", "batch-job", "batch-service", "mwaa", "mwaa"],
    });
  });
});
