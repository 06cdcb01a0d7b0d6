import type { Rule } from "../../lib/rule";

export const batch: Rule[] = [];
