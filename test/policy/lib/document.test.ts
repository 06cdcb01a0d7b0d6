import assert from "node:assert/strict";
import { covers, isPublic, statementsOf } from "../../../policy/lib/document.ts";

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
    assert.ok(covers("S3:getObject", "s3:GetOBJECT"));
    assert.ok(!covers("s3:Get", "s3:GetObject"));
    assert.ok(!covers("s3.GetObject", "s3:GetObject"));
    assert.ok(!covers("s3.Get*", "s3:GetObject"));
  });

  it("match whatever else stands in a pattern by itself", () => {
    for (const text of ["a.b", "a+b", "user/${aws:username}", "[a]", "(a|b)", "^a$", "a\\b"])
      for (const pattern of [text, `${text}*`]) assert.ok(covers(pattern, text), pattern);
    assert.ok(covers("a*b", "a\nb"));
    assert.ok(!covers("a", "ab"));
    assert.ok(!covers("b", "ab"));
  });
});

describe("a statement for everyone", () => {
  const organization = { StringEquals: { "aws:PrincipalOrgID": "o-1" } };
  const open = (Condition?: object, more: object = { Principal: "*" }) => {
    const [statement] = statementsOf({
      Statement: { Effect: "Allow", ...more, ...(Condition && { Condition }) },
    });
    return statement !== undefined && isPublic(statement);
  };

  it("is public, be it for everyone but a few", () => {
    assert.ok(open());
    assert.ok(open(undefined, { Principal: { AWS: ["123456789012", "*"] } }));
    assert.ok(open(undefined, { NotPrincipal: { AWS: "123456789012" } }));
    assert.ok(!open(undefined, { Principal: { AWS: "123456789012" } }));
    assert.ok(!open(undefined, { Effect: "Deny", Principal: "*" }));
  });

  it("is for an owner, where a condition names one", () => {
    for (const [key, value] of Object.entries({
      "aws:PrincipalAccount": "123456789012",
      "aws:PrincipalArn": "arn:aws:iam::123456789012:role/dse-*",
      "aws:PrincipalOrgID": "o-1",
      "aws:PrincipalOrgPaths": "o-1/r-ab12/ou-ab12-1/*",
      "aws:SourceAccount": "123456789012",
      "aws:SourceArn": "arn:aws:s3:::data",
      "aws:SourceOrgID": "o-1",
      "aws:SourceOwner": "123456789012",
      "aws:SourceVpc": "vpc-1",
      "aws:SourceVpce": "vpce-1",
      "aws:userid": "AROA1:*",
      "kms:CallerAccount": "123456789012",
    }))
      assert.ok(!open({ StringLike: { [key]: value } }), key);
    for (const key of ["aws:RequestedRegion", "aws:PrincipalType", "s3:prefix"])
      assert.ok(open({ StringLike: { [key]: "us-west-2" } }), key);
  });

  it("is for that owner, whatever other condition there is", () => {
    assert.ok(!open({ Bool: { "aws:SecureTransport": "true" }, ...organization }));
  });

  it("is for nobody in particular where the condition is for any value, or for none", () => {
    const by = (operator: string, value: string | string[] = "o-1") =>
      open({ [operator]: { "aws:PrincipalOrgID": value } });
    for (const operator of [
      ...["StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"],
      ...["ForAnyValue:StringEquals", "ForAnyValue:ArnLike", "stringequals"],
    ])
      assert.ok(!by(operator), operator);
    for (const operator of [
      ...["StringNotEquals", "StringNotLike", "ArnNotLike", "Null", "StringEqualsIfExists"],
      ...["ForAllValues:StringEquals", "ForAnyValue:StringNotEquals"],
    ])
      assert.ok(by(operator), operator);
    for (const value of ["*", "", "*-1", ["o-1", "*"]])
      assert.ok(by("StringLike", value), JSON.stringify(value));
    assert.ok(!by("StringLike", ["o-1", "o-2"]));
  });
});
