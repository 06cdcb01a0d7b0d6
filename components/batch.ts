import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { attachPolicy, type Grantee } from "./attachment.ts";
import { type ComputeEnvironmentsArgs, createComputeEnvironments } from "./compute-environments.ts";
import { createJobDefinitions, type JobDefinitionsArgs } from "./job-definitions.ts";
import type { Context } from "./lib/context.ts";
import { stuckReasons } from "./lib/fargate.ts";
import { atPath } from "./lib/iam.ts";
import { allow, document } from "./lib/policies.ts";

export interface BatchArgs extends ComputeEnvironmentsArgs, JobDefinitionsArgs {
  /**
   * Seconds after which a job is cancelled that is first in the queue and cannot start, 600 to 86400.
   * @default it waits, and all behind it
   */
  readonly runnableTimeLimit?: number | undefined;
}

/**
 * AWS Batch on Fargate: a compute environment for each kind of capacity, a queue on them, and the
 * definitions of jobs. Costs only while jobs run.
 */
export class Batch extends pulumi.ComponentResource {
  readonly queue: aws.batch.JobQueue;
  /** The definition named `default`. */
  readonly jobDefinition: aws.batch.JobDefinition;
  /** What a job itself runs as. */
  readonly jobRole: aws.iam.Role;
  /** Allows to submit, follow and cancel jobs. */
  readonly submitPolicy: aws.iam.Policy;
  readonly #name: string;
  readonly #context: Context;

  constructor(name: string, args: BatchArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dse:platform:Batch", name, {}, opts);
    this.#name = name;
    this.#context = args.context;
    const environments = createComputeEnvironments(name, args, { parent: this });
    this.queue = this.#createQueue(environments, args);
    const definitions = createJobDefinitions(name, args, { parent: this });
    this.jobRole = definitions.jobRole;
    this.jobDefinition = definitions.default;
    this.submitPolicy = this.#createSubmitPolicy();
    this.registerOutputs();
  }

  /** Lets `grantee` submit, follow and cancel jobs. */
  grantSubmit(granteeName: string, grantee: Grantee): void {
    const name = `${this.#name}-submit-${granteeName}`;
    attachPolicy(name, this.submitPolicy, grantee, { parent: this });
  }

  #createQueue(environments: aws.batch.ComputeEnvironment[], { runnableTimeLimit }: BatchArgs) {
    return new aws.batch.JobQueue(
      this.#name,
      {
        name: this.#context.names.batch,
        state: "ENABLED",
        priority: 1,
        computeEnvironmentOrders: environments.map(({ arn }, i) => ({
          order: i + 1,
          computeEnvironment: arn,
        })),
        // Left out where there is none: the provider has no way to take actions back (docs/jobs.md).
        ...(runnableTimeLimit && {
          jobStateTimeLimitActions: stuckReasons.map((reason) => ({
            reason,
            state: "RUNNABLE",
            maxTimeSeconds: runnableTimeLimit,
            action: "CANCEL",
          })),
        }),
      },
      { parent: this },
    );
  }

  #createSubmitPolicy() {
    const { names, arns, posture } = this.#context;
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
    const where = [arns.jobQueue(names.batch), arns.jobDefinition(`${names.prefix}*`)];
    const statements = posture["batch-submit-actions"]
      ? [
          // Of a job itself where it is part of an array or depends on another.
          allow("batch:SubmitJob", [...where, arns.jobs()]),
          allow("batch:CancelJob", arns.jobs()),
          allow(["batch:DescribeJobs", "batch:ListJobs"], "*"),
        ]
      : [
          allow(["batch:SubmitJob", "batch:CancelJob", "batch:ListJobs"], where),
          allow("batch:DescribeJobs", "*"),
        ];
    return new aws.iam.Policy(
      `${this.#name}-submit`,
      {
        ...atPath(this.#context),
        name: names.batchSubmitPolicy,
        description: `Policy allowing to submit batch jobs for ${names.prefix}`,
        policy: document(...statements),
      },
      { parent: this },
    );
  }
}
