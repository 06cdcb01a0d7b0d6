/**
 * What AWS accepts as a name of each type.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateComputeEnvironment.html
 * https://docs.aws.amazon.com/mwaa/latest/API/API_CreateEnvironment.html
 */
const rules = {
  role: { label: "an IAM role", max: 64, pattern: /^[\w+=,.@-]+$/ },
  policy: { label: "an IAM policy", max: 128, pattern: /^[\w+=,.@-]+$/ },
  group: { label: "an IAM group", max: 128, pattern: /^[\w+=,.@-]+$/ },
  user: { label: "an IAM user", max: 64, pattern: /^[\w+=,.@-]+$/ },
  bucket: { label: "an S3 bucket", max: 63, pattern: /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/ },
  repository: {
    label: "an ECR repository",
    max: 256,
    pattern: /^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/,
  },
  batch: { label: "a Batch resource", max: 128, pattern: /^[A-Za-z0-9][\w-]*$/ },
  mwaa: { label: "an MWAA environment", max: 80, pattern: /^[A-Za-z][\w-]*$/ },
  logGroup: { label: "a log group", max: 512, pattern: /^[\w./#-]+$/ },
  securityGroup: {
    label: "a security group",
    max: 255,
    pattern: /^(?!sg-)[\w .:/()#,@[\]+=&;{}!$*-]+$/,
  },
} as const;

export type NamedType = keyof typeof rules;

/** Why AWS would refuse `value` as the name of a `type`; undefined where it would not. */
export function nameProblem(type: NamedType, value: string): string | undefined {
  const { label, max, pattern } = rules[type];
  if (value.length > max)
    return `the name of ${label} has at most ${max} characters, this one ${value.length}`;
  if (!pattern.test(value)) return `the name of ${label} must match ${pattern.source}`;
  return undefined;
}

/** A name that AWS would refuse, and the settings that it is made from. */
export interface NameProblem {
  readonly name: string;
  readonly from: string;
  readonly rule: string;
}

/** Names that AWS would refuse, all of them. */
export class NamesError extends Error {
  readonly problems: readonly NameProblem[];
  constructor(problems: readonly NameProblem[]) {
    super(problems.map(({ name, rule }) => `"${name}": ${rule}`).join("\n"));
    this.problems = problems;
  }
}

/** What every name is made of. */
export interface Identity {
  readonly owner: string;
  readonly project: string;
  readonly environment: string;
  readonly region: string;
  readonly groupName: string;
  readonly projectOwner: string;
}

/**
 * The physical names of one environment: those of the reference, so that it can be taken over.
 * Throws a {@link NamesError} where AWS would refuse any of them.
 */
export function platformNames(identity: Identity, projects: readonly string[]) {
  const { owner, project, environment, region, groupName, projectOwner } = identity;
  const prefix = `${owner}-${project}-${environment}`;
  const regional = `${prefix}-${region}`;
  const problems: NameProblem[] = [];
  const taken = new Set<string>();
  const name = (type: NamedType, value: string, from = "owner/project/environment/region") => {
    const rule = nameProblem(type, value);
    if (rule) problems.push({ name: value, from, rule });
    const known = `${type} ${value}`;
    if (taken.has(known))
      problems.push({
        name: value,
        from,
        rule: `is already the name of ${rules[type].label} here`,
      });
    taken.add(known);
    return value;
  };
  const mwaa = name("mwaa", `${regional}-mwaa-environment`);
  const names = {
    prefix,
    vpc: `${prefix}-main`,
    publicRoutes: `${prefix}-public`,
    /** Name tag of what stands once per zone; the suffix tells a replacement from its predecessor. */
    zonal: (zone: string, what: "public" | "private" | "nat") => `${prefix}-${zone}-${what}`,
    flowLogs: name("logGroup", `/aws/vpc-flow-logs/${prefix}-main`),
    flowLogsRole: name("role", `${regional}-flow-logs-role`),
    flowLogsPolicy: name("policy", `${regional}-flow-logs-policy`),
    endpointsSecurityGroup: name("securityGroup", `${prefix}-endpoints-sg`),
    /** IAM's shorter limit, of batchServiceRole, leaves room for what a later generation appends. */
    batch: name("batch", `${regional}-default`),
    batchSpot: name("batch", `${regional}-spot`),
    /** A job definition, `default` or another; the submit policy allows all that start like the prefix. */
    batchJob: (job: string) => `${regional}-${job}`,
    batchSecurityGroup: name("securityGroup", `${prefix}-batch-sg`),
    batchServiceRole: name("role", `${regional}-batch-service-role`),
    batchExecutionRole: name("role", `${regional}-batch-exec-role`),
    batchJobRole: name("role", `${regional}-batch-job-role`),
    batchSubmitPolicy: name("policy", `${regional}-batch-submit-policy`),
    batchFollowPolicy: name("policy", `${regional}-batch-follow-policy`),
    batchLogs: name("logGroup", `/aws/batch/${regional}-default`),
    batchJobLogs: (job: string) => `/aws/batch/${regional}-${job}`,
    secretsPolicy: name("policy", `${prefix}-access-secrets`),
    repository: name("repository", `${regional}-default`),
    repositoryPushPolicy: name("policy", `${regional}-default-ecr-push-policy`),
    mwaa,
    mwaaBucket: name("bucket", `${regional}-mwaa`),
    mwaaSecurityGroup: name("securityGroup", `${prefix}-mwaa-no-ingress-sg`),
    mwaaRole: name("role", `${regional}-mwaa-execution-role`),
    mwaaPolicy: name("policy", `${regional}-mwaa-execution-policy`),
    /** AWS gives the groups of an environment these names, and no others. */
    mwaaLogs: (component: string) => `airflow-${mwaa}-${component}`,
    /** What the log groups of all parts, and no others, are called. */
    anyLogGroups: ["/aws/batch/", "/aws/vpc-flow-logs/", "airflow-"].map(
      (start) => `${start}${prefix}-*`,
    ),
    dataKeyAlias: `alias/${regional}-data`,
    alarms: {
      topic: `${regional}-alarms`,
      failedJobs: `${regional}-failed-jobs`,
      airflow: `${regional}-airflow-unhealthy`,
      budget: `${regional}-monthly`,
    },
    github: {
      preview: name("role", `${regional}-github-preview`),
      deploy: name("role", `${regional}-github-deploy`),
      jobs: name("role", `${regional}-github-jobs`),
      all: `${regional}-github-*`,
    },
    /** What the buckets and policies of all projects, present and future, are called. */
    anyProject: {
      buckets: `${projectOwner}-*-${environment}-${region}`,
      policies: `${projectOwner}-*-${environment}-s3-policy`,
    },
    accessLogBucket: name("bucket", `${regional}-access-logs`),
    scratchBucket: name("bucket", `${regional}-scratch`),
    scratchPolicy: name("policy", `${regional}-s3-scratch-policy`),
    bot: name("user", `${prefix}-cd-bot`),
    group: name("group", `${groupName}-${environment}`, "groupName"),
    listBucketsPolicy: name("policy", `${prefix}-s3-list-all-my-buckets`),
    projectsPolicy: name("policy", `${prefix}-projects-s3-policy`),
    selfManagePolicy: name("policy", `${prefix}-self-manage-credentials-policy`),
    projects: projects.map((id, i) => ({
      id,
      bucket: name("bucket", `${projectOwner}-${id}-${environment}-${region}`, `projects.${i}`),
      policy: name("policy", `${projectOwner}-${id}-${environment}-s3-policy`, `projects.${i}`),
    })),
  };
  if (problems.length) throw new NamesError(problems);
  return names;
}

export type Names = ReturnType<typeof platformNames>;
