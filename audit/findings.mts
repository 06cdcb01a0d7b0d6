// What the scanners found, in one form, and whose it is.
import { z } from "zod";

export const severities = ["critical", "high", "medium", "low", "informational"] as const;
export type Severity = (typeof severities)[number];

export interface Finding {
  readonly tool: "prowler" | "parliament";
  readonly check: string;
  readonly severity: Severity;
  /** ARN, as the scanner has it. */
  readonly resource: string;
  readonly detail: string;
}

const severity = z
  .string()
  .transform((text) => text.toLowerCase())
  .transform((text) => (text === "info" ? "informational" : text))
  .pipe(z.enum(severities));

const prowlerReport = z.array(
  z.object({
    metadata: z.object({ event_code: z.string() }),
    severity,
    status_code: z.enum(["PASS", "FAIL", "MANUAL"]),
    status_detail: z.string(),
    resources: z.tuple([z.object({ uid: z.string() })]),
  }),
);

export interface ProwlerResult {
  readonly findings: readonly Finding[];
  readonly passes: number;
  /** Every resource that any check looked at. */
  readonly seen: ReadonlySet<string>;
}

/** Reads a report of Prowler (json-ocsf). What a mute list of Prowler's own hides counts as any other. */
export function readProwler(report: string): ProwlerResult {
  const rows = prowlerReport.parse(JSON.parse(report));
  return {
    findings: rows
      .filter((row) => row.status_code === "FAIL")
      .map((row) => ({
        tool: "prowler",
        check: row.metadata.event_code,
        severity: row.severity,
        resource: row.resources[0].uid,
        detail: row.status_detail,
      })),
    passes: rows.filter((row) => row.status_code === "PASS").length,
    seen: new Set(rows.map((row) => row.resources[0].uid)),
  };
}

const parliamentReport = z.array(
  z.object({ check: z.string(), severity, resource: z.string(), detail: z.string() }),
);

/** Reads what parliament_scan.py prints. */
export function readParliament(report: string): Finding[] {
  return parliamentReport
    .parse(JSON.parse(report))
    .map((row) => ({ tool: "parliament" as const, ...row }));
}

/** Whose a finding is: the stack's, the account's as such, or of what the emulator comes with. */
export type Owner = "deployed" | "account" | "emulator";

export interface ScannedAccount {
  readonly id: string;
  /** Ids and ARNs of what stood in the account before the stack was deployed. */
  readonly before: ReadonlySet<string>;
}

/** What Prowler names where a check is about the account, or about one region of it. */
const accountWide = /^(root|account|password-policy|log-group|vpc|registry\/\d{12})$/;
/** The cluster that moto, as AWS, makes by itself for a compute environment. */
const batchCluster = /^cluster\/OnDemand_Batch_/;

/** A finding is the stack's unless it plainly is not: what nobody thought of is not overlooked. */
export function ownerOf({ resource }: Finding, account: ScannedAccount): Owner {
  const [, , service, , owner, ...rest] = resource.split(":");
  const what = rest.join(":");
  if (resource === account.id || (service === "iam" && owner === "aws")) return "account";
  if (owner === account.id && accountWide.test(what)) return "account";
  if (service === "ecs" && batchCluster.test(what)) return "emulator";
  const id = resource.split(/[:/]/).at(-1) ?? "";
  return account.before.has(resource) || account.before.has(id) ? "emulator" : "deployed";
}
