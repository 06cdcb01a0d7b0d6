import { fargateMemory, secretVariable } from "../../components/lib/fargate.ts";
import { completeJob, defaultJobKeys, hasJobs, jobsOf } from "../jobs.ts";
import { keptDifferences, type Settings } from "../settings.ts";
import type { Problem } from "./problem.ts";

export function jobProblems(values: Partial<Settings>): Problem[] {
  const { jobVcpus, jobMemory, jobSecret, jobSecretFields, jobs = {} } = values;
  const problems = sizeProblems("jobMemory", jobVcpus, jobMemory);
  if (jobSecret && jobSecretFields?.length === 0)
    problems.push({
      key: "jobSecretFields",
      value: jobSecretFields,
      rule: "must name a field where jobSecret names a secret",
    });
  for (const [name, job] of Object.entries(jobs)) {
    const at = `jobs.${name}`;
    const pattern = /^[a-z0-9][a-z0-9_-]{0,40}$/;
    if (!pattern.test(name))
      problems.push({
        key: at,
        value: job,
        rule: `the name of a job must match ${pattern.source}`,
      });
    if (job.imageTag !== undefined && job.imageDigest !== undefined)
      problems.push({ key: at, value: job, rule: "must have imageTag or imageDigest, not both" });
    if (name !== "default" && (job.vcpus !== undefined || job.memory !== undefined))
      problems.push(
        ...sizeProblems(`${at}.memory`, job.vcpus ?? jobVcpus, job.memory ?? jobMemory),
      );
    if (job.retryRules?.length && completeJob(jobs, job).attempts === undefined)
      problems.push({
        key: `${at}.retryRules`,
        value: job.retryRules,
        rule: "needs attempts, the most that there may be",
      });
    const { architecture = "X86_64" } = jobs["default"] ?? {};
    if (job.architecture !== undefined && job.architecture !== architecture)
      problems.push({
        key: `${at}.architecture`,
        value: job.architecture,
        rule: `must be ${architecture}, as the default job's: one architecture for all jobs of the queue`,
      });
  }
  return [...problems, ...defaultJobProblems(values), ...variableProblems(values)];
}

function defaultJobProblems({ jobs, jobImageContext, keepReference }: Partial<Settings>) {
  const job = jobs?.["default"] ?? {};
  const problems: Problem[] = Object.entries(defaultJobKeys).flatMap(([key, setting]) => {
    const value = job[key as keyof typeof defaultJobKeys];
    if (value === undefined) return [];
    return [{ key: `jobs.default.${key}`, value, rule: `${setting} says it for the default job` }];
  });
  if (job.imageDigest !== undefined && jobImageContext)
    problems.push({
      key: "jobs.default.imageDigest",
      value: job.imageDigest,
      rule: "must not be set with jobImageContext, whose image the default job runs",
    });
  const kept = keepReference && keptDifferences(keepReference);
  if (job.logRetentionDays !== undefined && kept?.includes("batch-logs"))
    problems.push({
      key: "jobs.default.logRetentionDays",
      value: job.logRetentionDays,
      rule: "needs the log group that keepReference batch-logs leaves out",
    });
  return problems;
}

/** ECS takes no task with a variable twice: "The secret name must be unique and not shared with any … environment variables". */
function variableProblems(values: Partial<Settings>): Problem[] {
  if (!hasJobs(values)) return [];
  return Object.entries(jobsOf(values)).flatMap(([name, { secret, environment = {} }]) => {
    if (!secret) return [];
    const own = values.jobs[name];
    const variables = secret.fields.map((field) => secretVariable(secret.prefix, field));
    const twice = variables.filter((variable, i) => variables.indexOf(variable) !== i);
    const inherited = name !== "default" && !own?.secretFields;
    return [
      ...(inherited ? [] : twice).map((variable) => ({
        key: own?.secretFields ? `jobs.${name}.secretFields` : "jobSecretFields",
        value: secret.fields,
        rule: `has two fields for the variable ${variable}, which is in capitals`,
      })),
      ...variables
        .filter((variable) => Object.hasOwn(environment, variable))
        .map((variable) => ({
          key: `jobs.${name}.environment.${variable}`,
          value: environment[variable],
          rule: "is a variable of the job's secret already, and may be there once",
        })),
    ];
  });
}

function sizeProblems(key: string, vcpus: string | undefined, memory: number | undefined) {
  const sizes = vcpus && fargateMemory[vcpus];
  if (!sizes || memory === undefined || sizes.includes(memory)) return [];
  const rule = `with ${vcpus} vCPU Fargate has ${sizes.join(", ")} MiB`;
  const problems: Problem[] = [{ key, value: memory, rule }];
  return problems;
}
