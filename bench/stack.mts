// The stack that is measured, on a local AWS of the benchmark's own.
import type { Instance } from "../local/instance.mts";
import { pulumi } from "../local/pulumi.mts";

/** How a stack stands. */
export interface Standing {
  readonly deployed: boolean;
  /** How many projects it has. @default those of its settings */
  readonly projects?: number;
}

const unattended = ["--yes", "--skip-preview"];

/**
 * The state is written at the end alone. Else all of it is after every step, which takes most of an update of thousands
 * of resources: https://github.com/pulumi/pulumi/issues/10668
 */
const withoutCheckpoints = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };

const projectIds = (count: number) =>
  Array.from({ length: count }, (_, i) => `project-${String(i + 1)}`);

export class Stack {
  readonly instance: Instance;
  readonly name: string;
  private readonly run: typeof pulumi;
  private standing: Standing | undefined;

  /** `run` is the engine. */
  constructor(instance: Instance, name: string, run = pulumi) {
    this.instance = instance;
    this.name = name;
    this.run = run;
  }

  preview(...args: string[]): Promise<string> {
    return this.engine(["preview", ...args]);
  }

  async up(settings?: Readonly<Record<string, string>>): Promise<void> {
    await this.engine(["up", ...unattended], settings);
    this.standing = { ...this.standing, deployed: true };
  }

  async destroy(): Promise<void> {
    await this.engine(["destroy", ...unattended]);
    this.standing = { ...this.standing, deployed: false };
  }

  /** Makes the stack stand as asked for, by as little as it takes. */
  async bring({ deployed, projects }: Standing): Promise<void> {
    if (!this.standing) await this.engine(["stack", "init"]);
    this.standing ??= { deployed: false };
    const { deployed: before } = this.standing;
    if (before && !deployed) await this.destroy();
    const differs = projects !== undefined && projects !== this.standing.projects;
    if (differs) await this.setProjects(projects);
    if (deployed && (differs || !before)) await this.up(withoutCheckpoints);
  }

  /** By a wildcard: policies that name each project reach IAM's limit of their size with some hundred. */
  private async setProjects(count: number): Promise<void> {
    const projects = projectIds(count);
    const settings = {
      "dse:projects": { value: JSON.stringify(projects), objectValue: projects },
      "dse:projectGrant": { value: "wildcard" },
    };
    await this.engine(["config", "set-all", "--json", JSON.stringify(settings)]);
    this.standing = { deployed: this.standing?.deployed ?? false, projects: count };
  }

  private engine(args: string[], settings?: Readonly<Record<string, string>>): Promise<string> {
    return this.run(this.instance, [...args, "--stack", this.name], settings);
  }
}
