// What a create that was cut off was to make, as the state has it.

export type Inputs = Readonly<Record<string, unknown>>;

export interface Wanted {
  readonly inputs: Inputs;
  readonly account: string;
  readonly region: string;
}

/** Ids, as the provider imports them, that it may have: none where it is not there, which of a name the provider says. */
export type Candidates = (wanted: Wanted) => string[] | Promise<string[]>;

export function textOf(inputs: Inputs, key: string): string {
  const value = inputs[key];
  return typeof value === "string" ? value : "";
}

/** The tags that it was to have, those of the provider included. */
export const tagsOf = (inputs: Inputs): Readonly<Record<string, string>> =>
  (inputs["tagsAll"] ?? inputs["tags"] ?? {}) as Record<string, string>;
