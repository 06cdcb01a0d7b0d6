// What submit-job and logs take, and what a job comes to.
import assert from "node:assert/strict";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { start } from "../../local/instance.mts";
import { checkSize, exitCodeOf, reasonOf } from "../../operations/lib/jobs.mts";
import { LogGroup, LogStream } from "../../operations/lib/logs.mts";
import { cleanUp, sdk, temporaryFolder } from "../local/support.mts";
import { platform } from "./support.mts";

describe("submit-job and logs", () => {
  after(cleanUp);

  it("take a size that Fargate has", () => {
    const size = (vcpus: string, memory: number) =>
      checkSize({ vcpus, memory }).map(({ value }) => value);
    assert.deepEqual(size("2", 4096), ["2", "4096"]);
    const refusal = (message: RegExp) => ({ message, exitCode: 2 });
    const vcpus = /^--vcpus 3: Fargate has 0\.25, 0\.5, 1, 2, 4, 8, 16, 32$/;
    assert.throws(() => size("3", 4096), refusal(vcpus));
    const memory = /^--memory 4096: with 0\.25 vCPU Fargate has 512, 1024, 2048 MiB$/;
    assert.throws(() => size("0.25", 4096), refusal(memory));
  });

  it("end as the job does", () => {
    const ended = (status: "SUCCEEDED" | "FAILED", exitCode?: number) =>
      exitCodeOf({ status, container: { exitCode } });
    assert.equal(ended("SUCCEEDED", 0), 0);
    assert.equal(ended("FAILED", 7), 7);
    // One that never started, and one whose time was over when its command ended well.
    assert.equal(ended("FAILED"), 1);
    assert.equal(ended("FAILED", 0), 1);
  });

  it("say what Batch says of a failure", () => {
    const reason = "OutOfMemoryError: Container killed due to memory usage";
    const container = { reason };
    const statusReason = "Essential container in task exited";
    assert.equal(reasonOf({ statusReason, container }), `${statusReason}; ${reason}`);
    assert.equal(reasonOf({}), "Batch names no reason");
  });

  describe("read CloudWatch Logs", () => {
    let logs: CloudWatchLogsClient;
    const logGroupName = "g";
    const now = Date.now();
    const log = (logStreamName: string, ...logged: [number, string][]) =>
      logs.send(
        new PutLogEventsCommand({
          logGroupName,
          logStreamName,
          logEvents: logged.map(([ago, message]) => ({ timestamp: now - ago, message })),
        }),
      );
    before(async () => {
      logs = new CloudWatchLogsClient(sdk(await start({ folder: temporaryFolder() })));
      await logs.send(new CreateLogGroupCommand({ logGroupName }));
      for (const logStreamName of ["one", "other", "long"])
        await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
    });
    const messages = async (of: LogStream | LogGroup) =>
      (await of.read()).map(({ message }) => message);

    it("of a stream: all, then what is new, also where it is not there yet", async () => {
      assert.deepEqual(await messages(new LogStream(logs, logGroupName, "none")), []);
      const stream = new LogStream(logs, logGroupName, "long");
      assert.deepEqual(await messages(stream), []);
      const lines = Array.from({ length: 250 }, (_, i) => `line ${i}`);
      await log("long", ...lines.map((line): [number, string] => [1000, line]));
      assert.deepEqual(await messages(stream), lines);
      await log("long", [500, "last\n"]);
      assert.deepEqual(await messages(stream), ["last"]);
      assert.deepEqual(await messages(stream), []);
    });

    it("of a group: since a time, in order, each event once, late ones too", async () => {
      const group = new LogGroup(logs, logGroupName, now - 900);
      await log("one", [5000, "too old"], [300, "a"], [100, "c"]);
      await log("other", [200, "b"]);
      assert.deepEqual(await messages(group), ["last", "a", "b", "c"]);
      await log("other", [150, "late"], [50, "d"]);
      assert.deepEqual(await messages(group), ["late", "d"]);
      assert.deepEqual(await messages(group), []);
    });
  });

  const misuses: [string[], RegExp][] = [
    [["submit-job", "dev", "--memory", "2GB"], /It is a number of MiB/],
    [["submit-job", "dev", "--name", "a b"], /It has 1 to 128 letters/],
    [["submit-job", "dev", "-e", "A"], /It is NAME=VALUE/],
    [["submit-job", "dev", "-e", "AWS_BATCH_X=1"], /AWS keeps names that begin with AWS_BATCH/],
    [["logs", "dev", "all"], /Allowed choices are job, airflow/],
    [["logs", "dev", "airflow", "--since", "yesterday"], /It is a time such as 30m/],
    [["airflow", "dev"], /missing required argument 'command'/],
  ];
  for (const [args, line] of misuses)
    it(`"${args.join(" ")}" ends with 2, and says what is wrong`, async () => {
      const { code, stderr } = await platform(args);
      assert.equal(code, 2);
      assert.match(stderr, line);
    });
});
