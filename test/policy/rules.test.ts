import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import platform = require("../../index");
import { rules } from "../../policy/rules";
import { noAccessKey } from "../../policy/rules/identity/no-access-key";
import { noPublicIngress } from "../../policy/rules/network/no-public-ingress";
import { runProgram } from "../support/mocks";

/** What a rule says of a resource with these inputs. */
async function check(rule: ResourceValidationPolicy, type: string, props: Record<string, unknown>) {
  const messages: string[] = [];
  const args = {
    type,
    props,
    name: "x",
    urn: `urn:pulumi:dev::dse::${type}::x`,
    opts: {},
    isType: (of: { __pulumiType?: string }) => of.__pulumiType === type,
    asType: (of: { __pulumiType?: string }) => (of.__pulumiType === type ? props : undefined),
    getConfig: () => ({}),
    notApplicable: () => undefined,
  } as unknown as ResourceValidationArgs;
  for (const validate of [rule.validateResource ?? []].flat())
    await validate(args, (message) => messages.push(message));
  return messages;
}

const typeOf = (of: object) => (of as { __pulumiType: string }).__pulumiType;

describe("policy pack", () => {
  it("has these rules, at these levels", () => {
    assert.deepEqual(
      rules.map(({ name, enforcementLevel }) => [name, enforcementLevel]),
      [
        ["iam-no-access-key", "mandatory"],
        ["ec2-sg-no-public-ingress", "mandatory"],
      ],
    );
  });

  it("refuses an access key, and no user", async () => {
    const [message = ""] = await check(noAccessKey, typeOf(aws.iam.AccessKey), { user: "bot" });
    assert.match(message, /^An access key of bot: /);
    assert.deepEqual(await check(noAccessKey, typeOf(aws.iam.User), { name: "bot" }), []);
  });

  for (const range of ["0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1"])
    it(`refuses ingress from ${range}, inline and as a rule`, async () => {
      const v6 = range.includes(":");
      const inline = { ingress: [{ [v6 ? "ipv6CidrBlocks" : "cidrBlocks"]: [range] }] };
      const [first = ""] = await check(noPublicIngress, typeOf(aws.ec2.SecurityGroup), inline);
      assert.ok(first.startsWith(`It lets ${range} in`));
      const rule = { [v6 ? "cidrIpv6" : "cidrIpv4"]: range };
      const type = typeOf(aws.vpc.SecurityGroupIngressRule);
      assert.equal((await check(noPublicIngress, type, rule)).length, 1);
    });

  it("lets in what a group names, itself included, and says nothing of egress", async () => {
    const group = {
      ingress: [{ self: true }, { cidrBlocks: ["10.0.0.0/8"] }],
      egress: [{ cidrBlocks: ["0.0.0.0/0"] }],
    };
    assert.deepEqual(await check(noPublicIngress, typeOf(aws.ec2.SecurityGroup), group), []);
    const egress = { type: "egress", cidrBlocks: ["0.0.0.0/0"] };
    assert.deepEqual(await check(noPublicIngress, typeOf(aws.ec2.SecurityGroupRule), egress), []);
  });

  for (const stack of ["dev", "qa"])
    it(`finds nothing in ${stack}`, async () => {
      const { resources } = await runProgram(platform, { stack });
      for (const { type, inputs, urn } of resources)
        for (const rule of rules) assert.deepEqual(await check(rule, type, inputs), [], urn);
    });
});
