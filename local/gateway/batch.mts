// Guards of AWS Batch. moto deletes a compute environment or queue in any state; AWS does not.
// Can go when moto's delete_compute_environment and delete_job_queue refuse as these do.
import type { ClientConfig } from "./clients.mts";
import { AwsError } from "./errors.mts";

const refused = (message: string) => new AwsError("ClientException", message);

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_DeleteComputeEnvironment.html */
async function deleteComputeEnvironment(config: ClientConfig, asked: string): Promise<void> {
  const { BatchClient, DescribeComputeEnvironmentsCommand, paginateDescribeJobQueues } =
    await import("@aws-sdk/client-batch");
  const client = new BatchClient(config);
  const { computeEnvironments } = await client.send(
    new DescribeComputeEnvironmentsCommand({ computeEnvironments: [asked] }),
  );
  const environment = computeEnvironments?.[0];
  if (!environment) return;
  const names = [environment.computeEnvironmentArn, environment.computeEnvironmentName];
  for await (const page of paginateDescribeJobQueues({ client }, {})) {
    for (const queue of page.jobQueues ?? []) {
      const used = queue.computeEnvironmentOrder ?? [];
      if (used.some((order) => names.includes(order.computeEnvironment)))
        throw refused(
          `Cannot delete, found existing JobQueue relationship (${queue.jobQueueName})`,
        );
    }
  }
  if (environment.state !== "DISABLED")
    throw refused("Cannot delete, compute environment is ENABLED: it must be DISABLED first");
}

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_DeleteJobQueue.html */
async function deleteJobQueue(config: ClientConfig, asked: string): Promise<void> {
  const { BatchClient, DescribeJobQueuesCommand } = await import("@aws-sdk/client-batch");
  const { jobQueues } = await new BatchClient(config).send(
    new DescribeJobQueuesCommand({ jobQueues: [asked] }),
  );
  const queue = jobQueues?.[0];
  if (queue && queue.state !== "DISABLED")
    throw refused("Cannot delete, job queue is ENABLED: it must be DISABLED first");
}

/** The guard of a Batch request, if it has one; it throws the AwsError to answer with. */
export function batchGuard(
  path: string,
): ((config: ClientConfig, body: Record<string, unknown>) => Promise<void>) | undefined {
  if (path === "/v1/deletecomputeenvironment")
    return (config, body) => deleteComputeEnvironment(config, String(body["computeEnvironment"]));
  if (path === "/v1/deletejobqueue")
    return (config, body) => deleteJobQueue(config, String(body["jobQueue"]));
  return undefined;
}
