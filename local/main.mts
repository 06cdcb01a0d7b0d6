// The commands behind `make`: up, preview, down, status, env, start, stop. All of them on the local AWS.
import { parseArgs } from "node:util";
import { isLive } from "../operations/lib/locks.mts";
import { checkStack, down, knownStacks, preview, refuseWhileBusy, up } from "./deploy.mts";
import { foreign, pathExport, shellExports, variables } from "./environment.mts";
import { instanceFolder, start, status, stop, type Say } from "./instance.mts";
import { engineOf, pathFolders, prepareEngine } from "./pulumi.mts";
import { engineLocks, stackState } from "./state.mts";

const usage = "usage: node local/main.mts up|preview|down|status|env|start|stop [--stack NAME]";

const say: Say = (line) => console.log(line);
const sayAside: Say = (line) => console.error(line);

function showStatus(folder: string): number {
  const now = status(folder);
  if (now.state === "stopped") {
    say("The local AWS is not running; `make up` starts it.");
    return 0;
  }
  if (now.state === "lost") {
    say("The local AWS was lost (a crash or a reboot), and all that was deployed to it.");
    say("`make up` starts an empty one.");
    return 0;
  }
  const { url, account, region, processes } = now.instance;
  say(`The local AWS runs at ${url}: account ${account}, region ${region}.`);
  for (const { name, pid, port } of processes)
    say(`  ${name.padEnd(10)} process ${pid}, port ${port}`);
  for (const stack of knownStacks()) {
    const state = stackState(folder, stack);
    const busy = engineLocks(folder, stack).find(isLive);
    const what = state?.resources ? `deployed, ${state.resources} resources` : "not deployed";
    say(`  stack ${stack}: ${what}${busy ? `; locked by pulumi, process ${busy.pid}` : ""}`);
  }
  return 0;
}

function showEnvironment(folder: string): number {
  const now = status(folder);
  if (now.state !== "running") {
    sayAside(
      "The local AWS is not running, so that there is no environment to show: run `make up` first.",
    );
    return 1;
  }
  const ours = variables(now.instance);
  // The default instance is found from the place of bin/pulumi: set only for another one.
  if (process.env["DSE_LOCAL_DIR"]) ours["DSE_LOCAL_DIR"] = folder;
  process.stdout.write(pathExport(pathFolders) + shellExports(ours, foreign(process.env, ours)));
  return 0;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { stack: { type: "string" } },
    allowPositionals: true,
  });
  const folder = instanceFolder();
  const [command, ...more] = positionals;
  if (more.length > 0) throw new Error(usage);
  switch (command) {
    case "up":
      return up(folder, checkStack(values.stack), say);
    case "preview":
      return preview(folder, checkStack(values.stack), say);
    case "down":
      return down(folder, checkStack(values.stack), say);
    case "status":
      return showStatus(folder);
    case "env":
      return showEnvironment(folder);
    case "start": {
      const engine = await engineOf(say);
      const instance = await start({ folder, say });
      await prepareEngine(engine, instance, say);
      say(`The local AWS runs at ${instance.url}.`);
      return 0;
    }
    case "stop":
      refuseWhileBusy(folder, "the local AWS cannot be stopped");
      say(
        (await stop(folder, say)) ? "The local AWS is stopped." : "The local AWS is not running.",
      );
      return 0;
    default:
      throw new Error(usage);
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
