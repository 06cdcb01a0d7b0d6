import { inForce } from "./in-force.ts";
import { renewal } from "./renewal.ts";

export const waivers = [inForce, renewal];
