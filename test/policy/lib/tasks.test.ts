import assert from "node:assert/strict";
import type { Resource } from "../../../policy/lib/resource.ts";
import { containersOf, tasksOf } from "../../../policy/lib/tasks.ts";
import { batch } from "../../../policy/lib/types.ts";
import { fixture } from "../support.ts";

const definition = (props: { containerProperties?: string; ecsProperties?: string }) =>
  fixture(batch.JobDefinition, "job", props) as unknown as Resource<{ type: string }>;
const single = (properties: object) =>
  definition({ containerProperties: JSON.stringify(properties) });

const container = {
  image: "jobs:1.0.0",
  command: ["run", "All"],
  environment: [{ name: "MODE", value: "Full" }],
};

describe("the tasks of a job definition", () => {
  it("are one, of one container", () => {
    const properties = {
      ...container,
      jobRoleArn: "job",
      executionRoleArn: "execution",
      networkConfiguration: { assignPublicIp: "ENABLED" },
      fargatePlatformConfiguration: { platformVersion: "1.4.0" },
    };
    assert.deepEqual(tasksOf(single(properties)), [
      {
        jobRole: "job",
        executionRole: "execution",
        assignPublicIp: "ENABLED",
        platformVersion: "1.4.0",
        containers: [properties],
      },
    ]);
  });

  it("are those of ECS, with all their containers", () => {
    const task = {
      taskRoleArn: "job",
      executionRoleArn: "execution",
      networkConfiguration: { assignPublicIp: "DISABLED" },
      platformVersion: "LATEST",
      containers: [container, { ...container, image: "proxy:2" }],
    };
    const ofEcs = definition({ ecsProperties: JSON.stringify({ taskProperties: [task] }) });
    assert.deepEqual(tasksOf(ofEcs), [
      {
        jobRole: "job",
        executionRole: "execution",
        assignPublicIp: "DISABLED",
        platformVersion: "LATEST",
        containers: task.containers,
      },
    ]);
    assert.deepEqual(containersOf(ofEcs), task.containers);
  });

  it("say nothing of what they leave out", () => {
    const [task, ...more] = tasksOf(single(container));
    assert.deepEqual(more, []);
    assert.deepEqual(
      [task?.jobRole, task?.executionRole, task?.assignPublicIp, task?.platformVersion],
      [undefined, undefined, undefined, undefined],
    );
  });

  it("are none where there is no container, as in a job of several nodes", () => {
    assert.deepEqual(tasksOf(definition({})), []);
  });

  it("are read the same as CloudFormation writes them, with empty settings too", () => {
    const written = {
      Image: "jobs:1.0.0",
      Command: ["run", "All"],
      Environment: [{ Name: "MODE", Value: "Full" }],
      LogConfiguration: null,
    };
    assert.deepEqual(containersOf(single(written)), [{ ...container, logConfiguration: null }]);
  });
});
