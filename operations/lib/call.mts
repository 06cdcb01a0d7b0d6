// Calls of AWS, whose faults are one line: what was tried, and why it did not work.
import { awsFault } from "./aws.mts";
import { CommandError, failed } from "./errors.mts";

/** `what` is what the work tries, as in "queue q cannot be read". */
export async function attempt<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw failed(`${what}: ${awsFault(error)}`, error);
  }
}

export const isNamed = (error: unknown, ...names: string[]): boolean =>
  error instanceof Error && names.includes(error.name);

/** Does the work for all, `width` at a time. */
export async function forAll<T, R>(
  all: readonly T[],
  work: (one: T) => Promise<R>,
  width = 16,
): Promise<R[]> {
  const results: R[] = [];
  const waiting = all.entries();
  const lane = async () => {
    for (const [index, one] of waiting) results[index] = await work(one);
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}
