/** How an adopted stack meets a difference: what the deployment that brings it does to what stands. */
type Adoption = "in place" | "new resource" | "replace" | "delete" | "refused by AWS";

interface Difference {
  /** What the Terraform reference does. */
  readonly reference: string;
  /** What this program does instead. */
  readonly here: string;
  readonly why: string;
  readonly adoption: Adoption;
}

/**
 * Every deliberate difference from the reference, by id. `keepReference` undoes those it names.
 * Only posture that nobody relies on may differ: names, addresses, counts, tags and outputs never
 * do, nor what jobs and people rely on.
 */
export const differences = {
  "airflow-version": {
    reference: "Airflow 2.4.3",
    here: "Airflow 3.0.6",
    why: "AWS creates no environment of 2.4.3 any more.",
    adoption: "refused by AWS",
  },
  "batch-logs": {
    reference: "jobs log to the account's /aws/batch/job, for ever",
    here: "a log group of the environment, with retention",
    why: "Logs of jobs may hold personal data; they must not outlive their use.",
    adoption: "in place",
  },
  "batch-submit-actions": {
    reference: "CancelJob and ListJobs on queue and definition ARNs, where they have no effect",
    here: "CancelJob on jobs, ListJobs on *",
    why: "The grant does what it says; neither action has an effect on the ARNs of the reference.",
    adoption: "in place",
  },
  "bot-group": {
    reference: "policies attached to the bot user",
    here: "policies attached to a group with the bot in it",
    why: "Policies on users are found by no review of groups and roles (CIS, Security Hub IAM.2).",
    adoption: "delete",
  },
  "bucket-access-logs": {
    reference: "no access logs",
    here: "every bucket logs access to a bucket of the environment",
    why: "Who read or deleted what can be told afterwards.",
    adoption: "new resource",
  },
  "bucket-encryption": {
    reference: "no encryption configured",
    here: "AES256, configured",
    why: "AWS encrypts anyway; declared, a change of it is seen.",
    adoption: "in place",
  },
  "bucket-lifecycle": {
    reference: "nothing expires",
    here: "scratch objects, noncurrent versions and unfinished uploads expire",
    why: "Versioned buckets without expiry only grow; scratch is no archive.",
    adoption: "in place",
  },
  "bucket-ownership": {
    reference: "no ownership controls",
    here: "BucketOwnerEnforced: access lists are off",
    why: "Access is decided by policies alone.",
    adoption: "in place",
  },
  "bucket-public-access-block": {
    reference: "only the MWAA bucket blocks public access",
    here: "every bucket does",
    why: "No bucket of the platform is meant for the public.",
    adoption: "in place",
  },
  "bucket-tls-only": {
    reference: "no bucket policy",
    here: "a policy that denies requests without TLS",
    why: "Data is encrypted on its way as well.",
    adoption: "in place",
  },
  "bucket-events": {
    reference: "buckets tell nobody of changes",
    here: "they tell EventBridge",
    why: "What follows from a file's arrival needs no change of its bucket; it is free.",
    adoption: "in place",
  },
  "data-key": {
    reference: "data and logs are encrypted with keys of AWS, if at all",
    here: "buckets and log groups with a key of the environment, rotated yearly",
    why: "Who used the key is told by CloudTrail, and disabling it closes everything at once.",
    adoption: "in place",
  },
  "default-security-group": {
    reference: "the VPC's default group is open to itself and outwards",
    here: "it has no rules",
    why: "What is started without a group of its own reaches nothing.",
    adoption: "in place",
  },
  "ecr-lifecycle": {
    reference: "images are kept for ever",
    here: "untagged ones expire",
    why: "Each push of `latest` leaves one behind, and storage costs.",
    adoption: "in place",
  },
  "ecr-tag-immutability": {
    reference: "every tag can be moved",
    here: "only `latest` can",
    why: "A tag that a job names stays the image that was tested.",
    adoption: "in place",
  },
  "flow-logs": {
    reference: "none",
    here: "flow logs of the VPC, with retention",
    why: "Without them no incident in the network can be reconstructed.",
    adoption: "new resource",
  },
  "list-buckets-resource": {
    reference: "ListAllMyBuckets on the ARNs of buckets, where it has no effect",
    here: "on *",
    why: "The console lists the buckets, as meant: AWS knows no narrower resource.",
    adoption: "in place",
  },
  "mwaa-deny-statement": {
    reference: "a Deny of ListAllMyBuckets on a bucket's ARN, which matches nothing",
    here: "no such statement",
    why: "It denies nothing; the role is not allowed the action anyway.",
    adoption: "in place",
  },
  "mwaa-logs": {
    reference: "Airflow's logs are off",
    here: "all five at INFO, in log groups with retention",
    why: "A failed task or scheduler leaves no trace otherwise.",
    adoption: "in place",
  },
  "mwaa-requirements-version": {
    reference: "a path to requirements.txt, without an object version",
    here: "the object version that this program uploaded",
    why: "AWS asks for one, and a change of requirements shows in the preview.",
    adoption: "in place",
  },
  "mwaa-s3-actions": {
    reference: "s3:List* and object actions on the bucket, bucket actions on its objects",
    here: "each action on what it is for, the lists by name",
    why: "s3:List* also lists buckets, access points and jobs of the account.",
    adoption: "in place",
  },
  "mwaa-security-group-description": {
    reference: "Managed by Terraform, and rules without a description",
    here: "a description of what the group is for, and each of its rules",
    why: "It tells what the group does, and is true.",
    adoption: "replace",
  },
  "network-acl": {
    reference: "the VPC's default access list lets in everything",
    here: "no SSH and no RDP from anywhere, and of protocols TCP, UDP and ICMP alone",
    why: "A second lock behind the security groups. An answer to a NAT gateway that comes in at port 3389, one connection in about 64,000, is tried again.",
    adoption: "in place",
  },
  "object-actions": {
    reference: "s3:*Object, and s3:ListBucket on objects, where it means nothing",
    here: "the actions that read, write and delete objects, by name",
    why: "The wildcard also grants what comes to S3 later, and replication.",
    adoption: "in place",
  },
  "people-force-destroy": {
    reference: "people who own keys or MFA devices cannot be deleted",
    here: "their keys and devices are deleted with them",
    why: "Who leaves must not stay because of a key.",
    adoption: "in place",
  },
  "people-mfa": {
    reference: "people may deactivate their own MFA and nothing requires it",
    here: "without MFA a person can only set up MFA",
    why: "A stolen password or key alone opens nothing.",
    adoption: "in place",
  },
  "role-trust": {
    reference: "service roles that the service assumes for any account",
    here: "only on behalf of this account",
    why: "No other account's resource can use the role through the service (confused deputy).",
    adoption: "in place",
  },
  "s3-endpoint": {
    reference: "S3 is reached through the NAT gateways",
    here: "through a gateway endpoint",
    why: "It is free; NAT gateways cost by the gigabyte.",
    adoption: "new resource",
  },
  "scratch-versioning": {
    reference: "the scratch bucket keeps no versions",
    here: "it does, until they expire",
    why: "An overwritten or deleted file can be had back.",
    adoption: "in place",
  },
  "secret-scope": {
    reference: "jobs may read every secret of the account",
    here: "only the secret that they are given",
    why: "Least privilege.",
    adoption: "in place",
  },
  "subnet-public-ip": {
    reference: "public subnets give every instance a public address",
    here: "they do not",
    why: "Fargate takes its own; nothing else should be reachable by default.",
    adoption: "in place",
  },
} as const satisfies Readonly<Record<string, Difference>>;

export type DifferenceId = keyof typeof differences;

export const differenceIds = Object.keys(differences) as DifferenceId[];

/** Of each difference, whether this stack has it; false where `keepReference` undoes it. */
export type Posture = Readonly<Record<DifferenceId, boolean>>;

export function postureOf(keepReference: readonly DifferenceId[]): Posture {
  const kept = new Set(keepReference);
  return Object.fromEntries(differenceIds.map((id) => [id, !kept.has(id)])) as Record<
    DifferenceId,
    boolean
  >;
}
