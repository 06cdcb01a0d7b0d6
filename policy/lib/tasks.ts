import type { Resource } from "./resource.ts";
import type { ArgsOf, batch } from "./types.ts";

export interface KeyValue {
  readonly name: string;
  readonly value?: string;
}

export interface SecretSource {
  readonly name: string;
  readonly valueFrom: string;
}

interface LogConfiguration {
  readonly logDriver?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly secretOptions?: readonly SecretSource[];
}

export interface Container {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: readonly KeyValue[];
  readonly secrets?: readonly SecretSource[];
  readonly privileged?: boolean;
  readonly readonlyRootFilesystem?: boolean;
  readonly logConfiguration?: LogConfiguration;
  readonly repositoryCredentials?: { readonly credentialsParameter?: string };
}

/** What runs together, and what AWS decides for all of it. */
export interface Task {
  readonly jobRole: string | undefined;
  readonly executionRole: string | undefined;
  readonly assignPublicIp: string | undefined;
  readonly platformVersion: string | undefined;
  readonly containers: readonly Container[];
}

interface TaskProperties {
  readonly executionRoleArn?: string;
  readonly networkConfiguration?: { readonly assignPublicIp?: string };
}

interface ContainerProperties extends Container, TaskProperties {
  readonly jobRoleArn?: string;
  readonly fargatePlatformConfiguration?: { readonly platformVersion?: string };
}

interface EcsTaskProperties extends TaskProperties {
  readonly taskRoleArn?: string;
  readonly platformVersion?: string;
  readonly containers: readonly Container[];
}

type Definition = ArgsOf<typeof batch.JobDefinition>;

/**
 * The tasks of a job definition on Fargate: one container in `containerProperties`, or several in `ecsProperties`.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_RegisterJobDefinition.html
 */
export function tasksOf({ props }: Resource<Definition>): Task[] {
  const { containerProperties, ecsProperties } = props;
  if (containerProperties) {
    const container = parse(containerProperties) as ContainerProperties;
    return [
      {
        ...shared(container),
        jobRole: container.jobRoleArn,
        platformVersion: container.fargatePlatformConfiguration?.platformVersion,
        containers: [container],
      },
    ];
  }
  if (!ecsProperties) return [];
  const { taskProperties } = parse(ecsProperties) as { taskProperties: EcsTaskProperties[] };
  return taskProperties.map((task) => ({
    ...shared(task),
    jobRole: task.taskRoleArn,
    platformVersion: task.platformVersion,
    containers: task.containers,
  }));
}

export const containersOf = (definition: Resource<Definition>): Container[] =>
  tasksOf(definition).flatMap(({ containers }) => containers);

const shared = ({ executionRoleArn, networkConfiguration }: TaskProperties) => ({
  executionRole: executionRoleArn,
  assignPublicIp: networkConfiguration?.assignPublicIp,
});

/** The provider takes `Image` for `image`, as CloudFormation writes it. */
function parse(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([key, item]) => [uncapitalized(key), item]))
      : value,
  );
}

const uncapitalized = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
