import { batch } from "./rules/batch/index.ts";
import { identity } from "./rules/identity/index.ts";
import { mwaa } from "./rules/mwaa/index.ts";
import { network } from "./rules/network/index.ts";
import { platform } from "./rules/platform/index.ts";
import { storage } from "./rules/storage/index.ts";
import { waivers } from "./rules/waivers/index.ts";

/** Every rule of the pack by topic. The rules about waivers come last: they look back at all others. */
export const topics = { storage, network, identity, batch, mwaa, platform, waivers };

export const rules = Object.values(topics).flat();
