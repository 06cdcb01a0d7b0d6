import { noPublicIngress } from "./sg-no-public-ingress";

export const network = [noPublicIngress];
