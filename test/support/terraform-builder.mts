// What makes resources of a Terraform state by API calls, and keeps account of what AWS makes up.
import type { Account } from "./inventory.mts";
import type { Attributes, Tags, TerraformState } from "./terraform-state.mts";

export const tagList = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export class Builder {
  readonly account: Account;
  /** What AWS made up, by what the state has in its place. */
  readonly made = new Map<string, string>();
  readonly #state: TerraformState;

  constructor(state: TerraformState, account: Account) {
    this.#state = state;
    this.account = account;
  }

  /** The value with what AWS made up in place of what the state has. */
  now<T>(value: T): T {
    let text = JSON.stringify(value);
    for (const [was, is] of this.made) text = text.replaceAll(was, is);
    return JSON.parse(text) as T;
  }

  /** Makes all of a type, one after the other. */
  async each(type: string, make: (attributes: Attributes) => Promise<unknown>): Promise<void> {
    const of = this.#state.resources.filter((r) => r.mode === "managed" && r.type === type);
    for (const { attributes } of of.flatMap(({ instances }) => instances))
      await make(this.now(attributes));
  }

  record(was: string, is: string | undefined): void {
    if (was && is) this.made.set(was, is);
  }
}
