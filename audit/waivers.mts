// Findings that stay, each with its reason. A waiver that is not needed any more fails the audit, as one too few does.
import { z } from "zod";
import type { Finding } from "./findings.mts";

/** What may be waived at all, and by which checks such findings are known. */
const kinds = {
  "hardware-mfa": ["iam_user_hardware_mfa_enabled"],
  "mfa-delete": ["s3_bucket_no_mfa_delete"],
  "object-lock": ["s3_bucket_object_lock"],
  replication: ["s3_bucket_cross_region_replication"],
  "ec2-endpoint": ["vpc_endpoint_for_ec2_enabled"],
  /** The bucket that receives access logs: S3 delivers to no bucket with a KMS key, and a bucket must not log to itself. */
  "access-log-target": ["s3_bucket_kms_encryption", "s3_bucket_server_access_logging_enabled"],
  /** What jobs and people rely on. */
  behaviour: undefined,
} as const satisfies Record<string, readonly string[] | undefined>;
type Kind = keyof typeof kinds;

export interface Waiver {
  readonly check: string;
  /** ARN, in which `*` stands for any characters. */
  readonly resource: string;
  readonly kind: Kind;
  readonly reason: string;
}

const file = z
  .array(
    z.strictObject({
      check: z.string().min(1),
      resource: z.string().startsWith("arn:"),
      kind: z.enum(Object.keys(kinds) as [Kind, ...Kind[]], {
        error: ({ input }) =>
          `${String(input)} is no kind that may be waived; those are ${Object.keys(kinds).join(", ")}`,
      }),
      reason: z.string().min(20, "say why, in a sentence"),
    }),
  )
  .superRefine((waivers, context) =>
    waivers.forEach(({ check, kind }, i) => {
      const checks: readonly string[] | undefined = kinds[kind];
      if (checks && !checks.includes(check))
        context.addIssue({
          code: "custom",
          path: [i, "check"],
          message: `${check} is not of the kind ${kind}, which is ${checks.join(", ")}`,
        });
    }),
  );

export function readWaivers(text: string): Waiver[] {
  const result = file.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    ({ path, message }) => `  ${path.join(".")}: ${message}`,
  );
  throw new Error(`audit/waivers.json cannot be used:\n${problems.join("\n")}`);
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(text);
}

export interface Judgement {
  readonly waived: readonly (Finding & { readonly waiver: Waiver })[];
  readonly open: readonly Finding[];
  /** Waivers that no finding needs. */
  readonly unused: readonly Waiver[];
}

export function judge(findings: readonly Finding[], waivers: readonly Waiver[]): Judgement {
  const waiverOf = (finding: Finding) =>
    waivers.find(
      ({ check, resource }) => check === finding.check && matches(resource, finding.resource),
    );
  const waived: (Finding & { waiver: Waiver })[] = [];
  const open: Finding[] = [];
  for (const finding of findings) {
    const waiver = waiverOf(finding);
    if (waiver) waived.push({ ...finding, waiver });
    else open.push(finding);
  }
  const used = new Set(waived.map(({ waiver }) => waiver));
  return { waived, open, unused: waivers.filter((waiver) => !used.has(waiver)) };
}
