import { ecr } from "../../../policy/lib/types.ts";
import { ecrScanOnPush } from "../../../policy/rules/storage/ecr-scan-on-push.ts";
import { repositoryStack } from "../fixtures.ts";
import { change, testRule, UNKNOWN } from "../support.ts";

const good = repositoryStack();
const scanning = (imageScanningConfiguration: unknown) =>
  change(good, ecr.Repository, { imageScanningConfiguration });

testRule(ecrScanOnPush, {
  good,
  bad: {
    off: { stack: scanning({ scanOnPush: false }), finds: ["images"] },
    "not said, beside what is not known": {
      stack: change(scanning(undefined), ecr.Repository, { name: UNKNOWN }),
      finds: ["images"],
    },
  },
  nearMiss: {
    "another repository's tags": change(good, ecr.Repository, { imageTagMutability: "MUTABLE" }),
  },
  unknown: { "whether it scans": scanning({ scanOnPush: UNKNOWN }) },
  missing: { "the configuration": { stack: scanning(undefined), finds: ["images"] } },
  config: {
    "a registry that scans": {
      stack: scanning(undefined),
      settings: { registryScans: true },
      finds: [],
    },
  },
});
