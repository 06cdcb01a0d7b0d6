import assert from "node:assert/strict";
import { join } from "node:path";
import { MwaaMemory } from "../../local/gateway/mwaa-memory.mts";
import { cleanUp, temporaryFolder } from "./support.mts";

describe("what is remembered of an MWAA environment", () => {
  after(cleanUp);

  it("has the strategy of the last update: by force after creation, and where none was asked for", () => {
    const file = join(temporaryFolder(), "mwaa.json");
    const memory = new MwaaMemory(file);
    const fromMinistack = { Arn: "a", LastUpdate: { Status: "SUCCESS" } };
    const strategy = () =>
      (new MwaaMemory(file).complete(fromMinistack)["LastUpdate"] as Record<string, unknown>)[
        "WorkerReplacementStrategy"
      ];
    memory.create("a", { Name: "a" });
    assert.equal(strategy(), "FORCED");
    memory.update("a", { Schedulers: 3, WorkerReplacementStrategy: "GRACEFUL" });
    assert.equal(strategy(), "GRACEFUL");
    memory.update("a", { Schedulers: 2 });
    assert.equal(strategy(), "FORCED");
    assert.deepEqual(memory.complete(fromMinistack)["LastUpdate"], {
      Status: "SUCCESS",
      WorkerReplacementStrategy: "FORCED",
    });
  });
});
