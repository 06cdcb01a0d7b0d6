import { UnknownValueError } from "@pulumi/policy";

/** The SDK throws it where a rule reads a value that only a deployment will tell. */
export const isUnknownValue = (error: unknown): error is Error =>
  error instanceof (UnknownValueError as new () => Error);

/**
 * The value, or undefined where a preview does not know it yet. Only for what a rule can do without: to read an
 * unknown value otherwise says that the rule cannot run, which is better than to say nothing.
 */
export function known<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isUnknownValue(error)) return undefined;
    throw error;
  }
}

/** Whether there is a value, be it unknown yet. */
export function isGiven(read: () => unknown): boolean {
  try {
    return Boolean(read());
  } catch (error) {
    if (isUnknownValue(error)) return true;
    throw error;
  }
}
