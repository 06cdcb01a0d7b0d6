import { batch } from "./rules/batch";
import { identity } from "./rules/identity";
import { mwaa } from "./rules/mwaa";
import { network } from "./rules/network";
import { platform } from "./rules/platform";
import { storage } from "./rules/storage";
import { waivers } from "./rules/waivers";

/** Every rule of the pack by topic. The rules about waivers come last: they look back at all others. */
export const topics = { storage, network, identity, batch, mwaa, platform, waivers };

export const rules = Object.values(topics).flat();
