// How commands end. Scripts tell these apart, so that they stay as they are.
export const exitCodes = {
  ok: 0,
  /** It was tried and did not work, or what was looked for is wrong. */
  failed: 1,
  /** The command line is not understood. */
  usage: 2,
  /** It was not begun: nothing was changed. */
  refused: 3,
  interrupted: 130,
} as const;

/** A fault that one line says all of: what, where, what to do. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number, cause?: unknown) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}

export const failed = (message: string, cause?: unknown) =>
  new CommandError(message, exitCodes.failed, cause);

export const refused = (message: string, cause?: unknown) =>
  new CommandError(message, exitCodes.refused, cause);

export const misused = (message: string) => new CommandError(message, exitCodes.usage);

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
