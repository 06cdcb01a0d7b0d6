// What is timed. A further measurement is one entry here.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { clone } from "../local/instance.mts";
import { packOptions } from "../policy/pack.mts";
import { growth } from "./growth.mts";
import type { Group, Measurement } from "./measurement.mts";

export const stack = "dev";

export const terraformSource =
  "Terraform 1.11 with the configuration that this replaces, as the team measured it on the same emulators; " +
  "its no-op plan refreshes, its apply and destroy have the provider's waits unshortened";

const node = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  promisify(execFile)(process.execPath, args, {
    cwd: clone,
    env: { ...process.env, ...env },
    maxBuffer: 64 << 20,
  });

const waits =
  "the provider's own waits, which the built provider shortens to a hundredth (the published one: 55 s for a bucket's lifecycle rules, 30 s for the queue, 60 s for its end)";

const everyday: readonly Measurement[] = [
  {
    name: "load",
    description: "Node alone loads the program, which then does nothing",
    budget: { seconds: 1.5 },
    run: () => node(["--require", "./preload.cjs", "--eval", 'import("./index.ts")']),
  },
  {
    name: "first-preview",
    description: `pulumi preview of ${stack} before anything is made`,
    needs: { deployed: false },
    budget: { seconds: 3.8 },
    terraform: 11,
    run: (stack) => stack.preview(),
  },
  {
    name: "up",
    description: `pulumi up of ${stack}, without the preview before it`,
    needs: { deployed: false },
    budget: { seconds: 20, beside: waits },
    terraform: 52,
    run: (stack) => stack.up(),
  },
  {
    name: "preview",
    description: `pulumi preview of ${stack}, with nothing to change`,
    needs: { deployed: true },
    budget: { seconds: 3.5 },
    run: (stack) => stack.preview("--expect-no-changes"),
  },
  {
    name: "packs",
    description: "the same with the policy pack",
    needs: { deployed: true },
    than: "preview",
    budget: { more: 2 },
    run: (stack) => stack.preview("--expect-no-changes", ...packOptions(stack.name)),
  },
  {
    name: "refresh",
    description: "the same with --refresh, without the policy pack",
    needs: { deployed: true },
    budget: { seconds: 4.4 },
    terraform: 11,
    run: (stack) => stack.preview("--expect-no-changes", "--refresh"),
  },
  {
    name: "down",
    description: `pulumi destroy of ${stack}, without the preview before it`,
    needs: { deployed: true },
    budget: { seconds: 10, beside: waits },
    terraform: 76,
    run: (stack) => stack.destroy(),
  },
];

const unit: Measurement = {
  name: "unit",
  description: "the unit tests (make unit)",
  budget: { seconds: 30 },
  run: (stack) =>
    node([join("test", "run.mts"), "--unit"], {
      DSE_TEST_DIR: join(stack.instance.folder, "test"),
    }),
};

export const groups: readonly Group[] = [
  { warmUp: true, runs: 3, long: false, measurements: everyday },
  { warmUp: false, runs: 1, long: false, measurements: [unit] },
  ...growth,
];
