import { noAccessKey } from "./no-access-key";

export const identity = [noAccessKey];
