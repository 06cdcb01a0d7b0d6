import assert from "node:assert/strict";
import { accountPin, isLoopback } from "../../components/lib/account.ts";

describe("account", () => {
  for (const endpoint of [
    "http://127.0.0.1:4566",
    "http://127.9.9.10",
    "http://localhost:1",
    "http://[::1]:80",
  ])
    it(`knows ${endpoint} as this machine`, () => {
      assert.equal(isLoopback(endpoint), true);
    });
  for (const endpoint of [
    "https://sts.us-west-2.amazonaws.com",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://127.example.com",
    "http://10.0.0.1",
    "localhost",
    "",
  ])
    it(`does not take "${endpoint}" for it`, () => {
      assert.equal(isLoopback(endpoint), false);
    });

  it("pins a local stack to the account of the local AWS, whatever is set", () => {
    const local = { allowedAccountIds: ["123456789012"] };
    assert.deepEqual(accountPin("http://127.0.0.1:4566", undefined), local);
    assert.deepEqual(accountPin("http://127.0.0.1:4566", "111122223333"), local);
  });

  it("pins a real stack to its account, and never lets it be the local one", () => {
    assert.deepEqual(accountPin(undefined, "111122223333"), {
      allowedAccountIds: ["111122223333"],
    });
    assert.deepEqual(accountPin(undefined, undefined), { forbiddenAccountIds: ["123456789012"] });
    assert.deepEqual(accountPin("https://sts.amazonaws.com", undefined), {
      forbiddenAccountIds: ["123456789012"],
    });
  });
});
