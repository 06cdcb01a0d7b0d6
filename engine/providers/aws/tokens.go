package aws

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	ptokens "github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// modules are the prefixes of Terraform names with a module of their own in @pulumi/aws; everything else is in ec2.
var modules = []string{
	"batch_", "budgets_", "cloudwatch_", "ecr_", "iam_", "kms_", "mwaa_", "organizations_", "s3_", "s3control_",
	"secretsmanager_", "sns_",
}

// resourceTokens are those that the prefixes do not give.
var resourceTokens = map[string]string{
	"aws_iam_openid_connect_provider":         "iam/openIdConnectProvider:OpenIdConnectProvider",
	"aws_s3_bucket_replication_configuration": "s3/bucketReplicationConfig:BucketReplicationConfig",
	"aws_s3_object":                           "s3/bucketObjectv2:BucketObjectv2",
	"aws_vpc_security_group_egress_rule":      "vpc/securityGroupEgressRule:SecurityGroupEgressRule",
	"aws_vpc_security_group_ingress_rule":     "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
	"aws_vpc_security_group_vpc_association":  "vpc/securityGroupVpcAssociation:SecurityGroupVpcAssociation",
}

var dataSourceTokens = map[string]string{
	"aws_arn":                         "index/getArn:getArn",
	"aws_availability_zone":           "index/getAvailabilityZone:getAvailabilityZone",
	"aws_availability_zones":          "index/getAvailabilityZones:getAvailabilityZones",
	"aws_caller_identity":             "index/getCallerIdentity:getCallerIdentity",
	"aws_default_tags":                "index/getDefaultTags:getDefaultTags",
	"aws_iam_openid_connect_provider": "iam/getOpenIdConnectProvider:getOpenIdConnectProvider",
	"aws_partition":                   "index/getPartition:getPartition",
	"aws_region":                      "index/getRegion:getRegion",
	"aws_regions":                     "index/getRegions:getRegions",
	"aws_service":                     "index/getService:getService",
}

// setTokens gives every resource and data source the token under which @pulumi/aws asks for it.
func setTokens(info *tfbridge.ProviderInfo) error {
	standard := tokens.MakeStandard("aws")
	token := func(module, name string) (string, error) {
		return standard(strings.TrimSuffix(module, "_"), name)
	}
	if err := info.ComputeTokens(tokens.KnownModules("aws_", "ec2", modules, token)); err != nil {
		return err
	}
	for name, token := range resourceTokens {
		resource, ok := info.Resources[name]
		if !ok {
			return fmt.Errorf("the provider has no resource %s", name)
		}
		resource.Tok = ptokens.Type("aws:" + token)
	}
	for name, token := range dataSourceTokens {
		source, ok := info.DataSources[name]
		if !ok {
			return fmt.Errorf("the provider has no data source %s", name)
		}
		source.Tok = ptokens.ModuleMember("aws:" + token)
	}
	return nil
}
