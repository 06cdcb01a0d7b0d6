// Guards of IAM. moto attaches any number of policies, and takes them at any length; AWS does not.
// Can go when moto's attach_*_policy, create_policy and create_policy_version refuse as these do.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
import type { IAMClient } from "@aws-sdk/client-iam";
import type { ClientConfig } from "./clients.mts";
import { AwsError } from "./errors.mts";

const refused = (quota: string, limit: number) =>
  new AwsError("LimitExceeded", `Cannot exceed quota for ${quota}: ${limit}`, 409, "query");

/** Quotas by default: AWS raises those of roles and users on request, never that of groups. */
const attachments = 10;
const policySize = 6144;

type Asked = URLSearchParams;

/** What is attached already to whom a policy is to be attached to, and the quota that counts it. */
const attaching: Record<string, { quota: string; list: typeof ofGroup }> = {
  AttachGroupPolicy: { quota: "PoliciesPerGroup", list: ofGroup },
  AttachRolePolicy: { quota: "PoliciesPerRole", list: ofRole },
  AttachUserPolicy: { quota: "PoliciesPerUser", list: ofUser },
};

async function ofGroup(iam: IAMClient, asked: Asked) {
  const { ListAttachedGroupPoliciesCommand: List } = await import("@aws-sdk/client-iam");
  return iam.send(new List({ GroupName: asked.get("GroupName") ?? "" }));
}

async function ofRole(iam: IAMClient, asked: Asked) {
  const { ListAttachedRolePoliciesCommand: List } = await import("@aws-sdk/client-iam");
  return iam.send(new List({ RoleName: asked.get("RoleName") ?? "" }));
}

async function ofUser(iam: IAMClient, asked: Asked) {
  const { ListAttachedUserPoliciesCommand: List } = await import("@aws-sdk/client-iam");
  return iam.send(new List({ UserName: asked.get("UserName") ?? "" }));
}

async function checkAttachments(config: ClientConfig, asked: Asked): Promise<void> {
  const { quota, list } = attaching[asked.get("Action") ?? ""] ?? {};
  if (!quota || !list) return;
  const { IAMClient } = await import("@aws-sdk/client-iam");
  // Whom moto does not know, moto refuses.
  const listed = await list(new IAMClient(config), asked).catch((error: unknown) => {
    if (error instanceof Error && error.name === "NoSuchEntityException") return undefined;
    throw error;
  });
  const attached = (listed?.AttachedPolicies ?? []).map(({ PolicyArn }) => PolicyArn);
  if (attached.length < attachments || attached.includes(asked.get("PolicyArn") ?? "")) return;
  throw refused(quota, attachments);
}

function checkSize(asked: Asked): void {
  if (!/^CreatePolicy(Version)?$/.test(asked.get("Action") ?? "")) return;
  // White space does not count.
  const { length } = (asked.get("PolicyDocument") ?? "").replace(/\s/g, "");
  if (length > policySize) throw refused("PolicySize", policySize);
}

let last: Promise<unknown> = Promise.resolve();

/** Passes an IAM request on, if AWS would take it; throws the error to answer with if not. */
export function iamGuard<T>(
  config: ClientConfig,
  body: Buffer,
  pass: () => Promise<T>,
): Promise<T> {
  const asked = new URLSearchParams(body.toString());
  checkSize(asked);
  if (!attaching[asked.get("Action") ?? ""]) return pass();
  // One after another: of two at once, both would find the last place free.
  const passed = last.then(() => checkAttachments(config, asked)).then(pass);
  last = passed.catch(() => undefined);
  return passed;
}
