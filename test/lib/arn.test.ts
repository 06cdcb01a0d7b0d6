import assert from "node:assert/strict";
import { Arns, partitionOf } from "../../components/lib/arn.ts";

describe("partitions", () => {
  it("are known by their regions", () => {
    for (const [region, partition] of [
      ["us-west-2", "aws"],
      ["eu-central-1", "aws"],
      ["cn-north-1", "aws-cn"],
      ["us-gov-west-1", "aws-us-gov"],
      ["eusc-de-east-1", "aws-eusc"],
      ["us-iso-east-1", "aws-iso"],
      ["us-isob-east-1", "aws-iso-b"],
      ["eu-isoe-west-1", "aws-iso-e"],
      ["us-isof-south-1", "aws-iso-f"],
    ] as const)
      assert.equal(partitionOf(region), partition);
  });
});

describe("what an endpoint leads to", () => {
  const nameOf = (service: string, region = "us-west-2") =>
    new Arns({
      partition: partitionOf(region),
      region,
      accountId: "123456789012",
      dnsSuffix: "amazonaws.com",
    }).endpointService(service);

  it("is a service of the region", () => {
    assert.equal(nameOf("ecr.api"), "com.amazonaws.us-west-2.ecr.api");
    assert.equal(nameOf("kms", "eu-central-1"), "com.amazonaws.eu-central-1.kms");
  });

  const whole: readonly (readonly [what: string, service: string, region?: string])[] = [
    ["a partner's", "com.amazonaws.vpce.us-west-2.vpce-svc-0a1b"],
    ["one of no region", "com.amazonaws.s3-global.accesspoint"],
    ["one of China", "cn.com.amazonaws.cn-north-1.ecr.api", "cn-north-1"],
    ["one of another domain", "aws.sagemaker.us-west-2.notebook"],
  ];
  for (const [what, service, region] of whole)
    it(`may be ${what}, by its whole name`, () => {
      assert.equal(nameOf(service, region), service);
    });
});
