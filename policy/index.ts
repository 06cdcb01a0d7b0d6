import { PolicyPack } from "@pulumi/policy";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readConfig } from "./lib/config.ts";
import { deserializeOnce } from "./lib/deserialize.ts";
import { toPolicies } from "./lib/pack.ts";
import { rules, topics } from "./rules.ts";

// The engine tells a pack nothing of the file that it was given, and accepts what no rule reads.
const folder = join(import.meta.dirname, "config");
for (const file of readdirSync(folder))
  readConfig(readFileSync(join(folder, file), "utf8"), `policy/config/${file}`, rules);

deserializeOnce();
const today = z.iso
  .date("DSE_POLICY_DATE must be a date such as 2027-01-31")
  .parse(process.env["DSE_POLICY_DATE"] ?? new Date().toISOString().slice(0, 10));
new PolicyPack("dse", { policies: toPolicies(topics, today) });
