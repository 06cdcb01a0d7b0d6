import { airflowVersion } from "./airflow-version.ts";
import { exposureAndKeys } from "./exposure-and-keys.ts";
import { logging } from "./logging.ts";
import { network } from "./network.ts";
import { objectVersions } from "./object-versions.ts";
import { oneKey } from "./one-key.ts";

export const mwaa = [network, logging, exposureAndKeys, oneKey, objectVersions, airflowVersion];
