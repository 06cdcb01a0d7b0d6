// Questions to whoever sits at the terminal.
import { createInterface } from "node:readline";
import { refused } from "./errors.mts";

/** What somebody types; nothing where they end the input, and the command ends where they interrupt it. */
export function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  terminal.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  return new Promise((resolve) => {
    terminal.on("close", () => resolve(""));
    terminal.question(question, (given) => {
      resolve(given);
      terminal.close();
    });
  });
}

/** Goes on where the answer is yes, which `yes` gives in advance; else nothing may have been changed yet. */
export async function confirm(question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY)
    throw refused(`"${question}" is asked in a terminal alone: say so by --yes`);
  const answer = await ask(`${question} (yes/no) `);
  if (!/^y(es)?$/i.test(answer.trim())) throw refused("nothing was changed");
}
