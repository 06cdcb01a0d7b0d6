import type { Rule } from "../../lib/rule";

export const mwaa: Rule[] = [];
