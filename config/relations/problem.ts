/** A setting that cannot be deployed. */
export interface Problem {
  readonly key: string;
  readonly value: unknown;
  readonly rule: string;
}
