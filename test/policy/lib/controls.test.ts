import assert from "node:assert/strict";
import { toFramework, toTags } from "../../../policy/lib/controls.ts";

const controls = { checkov: ["CKV_AWS_18"], nist: ["AC-3", "AC-6"] };

describe("controls of a rule", () => {
  it("are tags, in the order of their catalogues", () => {
    assert.deepEqual(toTags(controls), ["nist:AC-3", "nist:AC-6", "checkov:CKV_AWS_18"]);
    assert.deepEqual(toTags({}), []);
  });

  it("have the first of their catalogues for the SDK, which has room for one", () => {
    assert.deepEqual(toFramework(controls), {
      name: "NIST SP 800-53",
      version: "5",
      reference: "AC-3, AC-6",
      specification: "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final",
    });
    assert.equal(toFramework({}), undefined);
  });
});
