import { inForce } from "./in-force";
import { renewal } from "./renewal";

export const waivers = [inForce, renewal];
