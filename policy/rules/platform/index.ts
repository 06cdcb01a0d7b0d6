import type { Rule } from "../../lib/rule";

export const platform: Rule[] = [];
