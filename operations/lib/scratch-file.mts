import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives `work` a file that nobody else can read, for as long as it takes. */
export async function inFile<T>(content: unknown, work: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "platform-"));
  const file = join(folder, "state.json");
  const remove = () => {
    rmSync(folder, { recursive: true, force: true });
  };
  // Also where the command is interrupted.
  process.once("exit", remove);
  try {
    writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
    return await work(file);
  } finally {
    process.off("exit", remove);
    remove();
  }
}
