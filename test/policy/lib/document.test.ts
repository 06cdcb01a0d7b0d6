import assert from "node:assert/strict";
import { covers, statementsOf } from "../../../policy/lib/document.ts";

describe("policy documents", () => {
  it("are read the same however they are written", () => {
    const short = {
      Statement: {
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: "s3:GetObject",
        Resource: "*",
        Condition: { Bool: { "aws:SecureTransport": false } },
      },
    };
    const long = {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: ["*"] },
          Action: ["s3:GetObject"],
          Resource: ["*"],
          Condition: { bool: { "AWS:securetransport": ["false"] } },
        },
      ],
    };
    const [statement] = statementsOf(short);
    assert.deepEqual(statement, {
      sid: undefined,
      effect: "Allow",
      principals: ["*"],
      notPrincipals: [],
      actions: ["s3:GetObject"],
      notActions: [],
      resources: ["*"],
      notResources: [],
      conditions: [{ operator: "bool", key: "aws:securetransport", values: ["false"] }],
    });
    assert.deepEqual(statementsOf(long), [statement]);
    assert.deepEqual(statementsOf(JSON.stringify(short)), [statement]);
  });

  it("name principals with their kind", () => {
    const [statement] = statementsOf({
      Statement: { Principal: { AWS: ["123456789012"], Service: "ecs-tasks.amazonaws.com" } },
    });
    assert.deepEqual(statement?.principals, [
      "AWS:123456789012",
      "Service:ecs-tasks.amazonaws.com",
    ]);
  });

  it("that are no JSON are refused", () => {
    assert.throws(() => statementsOf("no document"), SyntaxError);
  });

  it("match actions by their wildcards, in any case", () => {
    assert.ok(covers("s3:Get*", "s3:GetObject"));
    assert.ok(covers("S3:?etObject", "s3:getobject"));
    assert.ok(covers("*", "s3:GetObject"));
    assert.ok(!covers("s3:Get", "s3:GetObject"));
    assert.ok(!covers("s3.GetObject", "s3:GetObject"));
  });
});
