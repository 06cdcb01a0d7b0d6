// Ctrl-C and SIGTERM: a command ends at once with 130, unless something is under way that has to end well first.
import { exitCodes } from "./errors.mts";
import { say } from "./progress.mts";

const signals = ["SIGINT", "SIGTERM"] as const;

type Handler = (signal: NodeJS.Signals) => void;

let holder: Handler | undefined;

export function listenForInterrupts(): void {
  for (const signal of signals)
    process.on(signal, () => {
      if (holder) {
        holder(signal);
        return;
      }
      say("Interrupted.");
      process.exit(exitCodes.interrupted);
    });
}

/** While `work` runs it gets the interrupts, and ends the command itself. */
export async function holdInterrupts<T>(handler: Handler, work: () => Promise<T>): Promise<T> {
  const before = holder;
  holder = handler;
  try {
    return await work();
  } finally {
    holder = before;
  }
}
