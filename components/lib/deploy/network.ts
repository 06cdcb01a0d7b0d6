import type * as aws from "@pulumi/aws";
import { allow, document } from "../policies.ts";
import type { DeployPolicyArgs } from "./args.ts";
import { sid, tagged, where, withPrefix } from "./statements.ts";

/** What is made when a network is. */
const networkCreations = [
  "AllocateAddress",
  "CreateFlowLogs",
  "CreateInternetGateway",
  "CreateNatGateway",
  "CreateRouteTable",
  "CreateSecurityGroup",
  "CreateSubnet",
  "CreateVpc",
  "CreateVpcEndpoint",
];

/** What `pulumi up` changes of the network. What stands may be changed if it has the stack's tags. */
export function networkPolicy({ context, deployed }: DeployPolicyArgs): aws.iam.PolicyDocument {
  const { partition, region, accountId } = context.arns.cloud;
  const here = (type: string) => `arn:${partition}:ec2:${region}:${accountId}:${type}`;
  const withoutTags = {
    Null: Object.fromEntries(
      Object.keys(deployed.tags).map((key) => [`aws:ResourceTag/${key}`, "true"]),
    ),
  };
  const aclEntries = ["ec2:CreateNetworkAclEntry", "ec2:DeleteNetworkAclEntry"];
  return document(
    // What is to be made has no name yet, and what it is made in may be somebody else's: a VPC, an elastic IP.
    sid(
      "Makes",
      allow(
        [
          ...networkCreations.map((creation) => `ec2:${creation}`),
          // By Airflow, on behalf of who makes the environment.
          // https://docs.aws.amazon.com/mwaa/latest/userguide/access-policies.html
          "ec2:CreateNetworkInterface",
        ],
        here("*"),
      ),
    ),
    where(
      { StringEquals: { "ec2:CreateAction": networkCreations } },
      allow("ec2:CreateTags", here("*")),
    ),
    // A VPC's default security group and ACL come without tags; the ACL is filled before it gets them.
    where(
      { StringEquals: withPrefix("aws:RequestTag/", deployed.tags), ...withoutTags },
      allow("ec2:CreateTags", [here("security-group/*"), here("network-acl/*")]),
    ),
    where(withoutTags, allow(aclEntries, here("network-acl/*"))),
    where(tagged(deployed), allow(aclEntries, here("network-acl/*"))),
    where(
      tagged(deployed),
      allow(
        [
          "ec2:AssociateRouteTable",
          "ec2:AttachInternetGateway",
          "ec2:AuthorizeSecurityGroupEgress",
          "ec2:AuthorizeSecurityGroupIngress",
          "ec2:CreateRoute",
          "ec2:CreateTags",
          "ec2:DeleteFlowLogs",
          "ec2:DeleteInternetGateway",
          "ec2:DeleteNatGateway",
          "ec2:DeleteRoute",
          "ec2:DeleteRouteTable",
          "ec2:DeleteSecurityGroup",
          "ec2:DeleteSubnet",
          "ec2:DeleteTags",
          "ec2:DeleteVpc",
          "ec2:DeleteVpcEndpoints",
          "ec2:DetachInternetGateway",
          "ec2:DisassociateAddress",
          "ec2:DisassociateRouteTable",
          "ec2:ModifySecurityGroupRules",
          "ec2:ModifySubnetAttribute",
          "ec2:ModifyVpcAttribute",
          "ec2:ModifyVpcEndpoint",
          "ec2:ReleaseAddress",
          "ec2:ReplaceRoute",
          "ec2:ReplaceRouteTableAssociation",
          "ec2:RevokeSecurityGroupEgress",
          "ec2:RevokeSecurityGroupIngress",
          "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
          "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
        ],
        here("*"),
      ),
    ),
    // Of the stack's subnets, whose ACL may be the VPC's default one, which comes without tags.
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    where(tagged(deployed), allow("ec2:ReplaceNetworkAclAssociation", here("subnet/*"))),
    allow("ec2:ReplaceNetworkAclAssociation", here("network-acl/*")),
  );
}
