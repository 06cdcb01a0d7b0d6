import { airflowVersion } from "./airflow-version";
import { exposureAndKeys } from "./exposure-and-keys";
import { logging } from "./logging";
import { network } from "./network";
import { objectVersions } from "./object-versions";
import { oneKey } from "./one-key";

export const mwaa = [network, logging, exposureAndKeys, oneKey, objectVersions, airflowVersion];
