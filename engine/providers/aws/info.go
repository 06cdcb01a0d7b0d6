// Package aws describes the Terraform AWS provider as @pulumi/aws knows it: tokens, property types, automatic names.
// It covers what the official pulumi-aws does by hand for the services that are built, and no more.
package aws

import (
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	ptokens "github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"dse/engine/providers"
)

// documents are fields with a JSON document, which @pulumi/aws types as string | PolicyDocument.
var documents = []string{"assume_role_policy", "policy", "policy_document"}

// nameLimits are the longest automatic names where AWS allows fewer than 255 characters.
var nameLimits = map[string]int{
	"aws_batch_compute_environment": 128,
	"aws_batch_job_queue":           128,
	"aws_iam_group":                 128,
	"aws_iam_instance_profile":      128,
	"aws_iam_policy":                128,
	"aws_iam_role":                  64,
	"aws_iam_user":                  64,
	"aws_mwaa_environment":          80,
}

// Info describes the provider.
func Info(provider shim.Provider) (tfbridge.ProviderInfo, error) {
	info := tfbridge.ProviderInfo{
		P:              provider,
		Name:           "aws",
		Version:        providers.Version("aws"),
		ResourcePrefix: "aws",
		MetadataInfo:   tfbridge.NewProviderMetadata([]byte("{}")),
		Config: map[string]*tfbridge.SchemaInfo{
			"region":                      {Default: &tfbridge.DefaultInfo{EnvVars: []string{"AWS_REGION", "AWS_DEFAULT_REGION"}}},
			"skip_credentials_validation": {Default: &tfbridge.DefaultInfo{Value: false}},
			"skip_region_validation":      {Default: &tfbridge.DefaultInfo{Value: true}},
		},
	}
	if err := setTokens(&info); err != nil {
		return info, err
	}
	for name, resource := range info.Resources {
		schema := provider.ResourcesMap().Get(name).Schema()
		if resource.Fields == nil {
			resource.Fields = map[string]*tfbridge.SchemaInfo{}
		}
		setFields(name, resource.Fields, schema)
		if tags, ok := schema.GetOk("tags_all"); ok && tags.Optional() {
			resource.PreCheckCallback = mergeDefaultTags
		}
	}
	info.SetAutonaming(255, "-")
	for name, resource := range info.Resources {
		setNames(resource.Fields, provider.ResourcesMap().Get(name).Schema())
	}
	return info, nil
}

// setFields says how the fields of a resource differ from what their schema gives.
func setFields(name string, fields map[string]*tfbridge.SchemaInfo, schema shim.SchemaMap) {
	for _, field := range documents {
		if s, ok := schema.GetOk(field); ok && (s.Optional() || s.Required()) {
			fields[field] = &tfbridge.SchemaInfo{
				Type:      "string",
				AltTypes:  []ptokens.Type{"aws:iam/documents:PolicyDocument"},
				Transform: tfbridge.TransformJSONDocument,
			}
		}
	}
	if limit, ok := nameLimits[name]; ok {
		fields["name"] = tfbridge.AutoName("name", limit, "-")
	}
	switch name {
	case "aws_default_network_acl", "aws_default_security_group", "aws_network_acl", "aws_security_group": // lists that keep their singular name
		fields["ingress"] = &tfbridge.SchemaInfo{Name: "ingress"}
		fields["egress"] = &tfbridge.SchemaInfo{Name: "egress"}
	case "aws_s3_object", "aws_s3_bucket_object":
		fields["source"] = &tfbridge.SchemaInfo{Asset: &tfbridge.AssetTranslation{Kind: tfbridge.FileAsset}}
	case "aws_s3_bucket": // names of lower case letters only
		fields["bucket"] = tfbridge.AutoNameTransform("bucket", 63, strings.ToLower)
	case "aws_cloudwatch_metric_alarm":
		fields["alarm_name"] = tfbridge.AutoName("name", 255, "-")
	case "aws_sns_topic_subscription":
		fields["topic_arn"] = &tfbridge.SchemaInfo{
			Name: "topic", Type: "string", AltTypes: []ptokens.Type{"aws:sns/topic:Topic"},
		}
	case "aws_ecr_repository":
		fields["name"] = tfbridge.AutoNameTransform("name", 255, strings.ToLower)
	}
}

// setNames gives every field the name that it has anyway. Without, the bridge makes the names of all of a resource's
// fields anew, plurals included, whenever it looks for one property: a tenth of the provider's CPU in a preview.
func setNames(fields map[string]*tfbridge.SchemaInfo, schema shim.SchemaMap) {
	names := map[string]string{}
	schema.Range(func(key string, _ shim.Schema) bool {
		names[key] = tfbridge.TerraformToPulumiNameV2(key, schema, fields)
		return true
	})
	for key, name := range names {
		if fields[key] == nil {
			fields[key] = &tfbridge.SchemaInfo{}
		}
		fields[key].Name = name
		setNestedNames(fields[key], schema.Get(key))
	}
}

// setNestedNames does so within lists and sets. Objects, of which the framework's resources have few, keep theirs unset.
func setNestedNames(field *tfbridge.SchemaInfo, schema shim.Schema) {
	if schema.Elem() == nil || schema.Type() == shim.TypeMap {
		return
	}
	if field.Elem == nil {
		field.Elem = &tfbridge.SchemaInfo{}
	}
	switch element := schema.Elem().(type) {
	case shim.Resource:
		if field.Elem.Fields == nil {
			field.Elem.Fields = map[string]*tfbridge.SchemaInfo{}
		}
		setNames(field.Elem.Fields, element.Schema())
	case shim.Schema:
		setNestedNames(field.Elem, element)
	}
}
