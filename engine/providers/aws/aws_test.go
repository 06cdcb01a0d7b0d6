package aws

import (
	"context"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"dse/engine/providers"
)

// info describes a provider of empty resources, but for the fields that matter here.
func info(t *testing.T) tfbridge.ProviderInfo {
	t.Helper()
	text := func() *schema.Schema { return &schema.Schema{Type: schema.TypeString, Optional: true} }
	tags := &schema.Schema{Type: schema.TypeMap, Optional: true, Elem: &schema.Schema{Type: schema.TypeString}}
	provider := &schema.Provider{ResourcesMap: map[string]*schema.Resource{}, DataSourcesMap: map[string]*schema.Resource{}}
	names := []string{"aws_vpc", "aws_batch_job_queue", "aws_cloudwatch_event_rule", "aws_sns_topic", "aws_budgets_budget",
		"aws_cloudwatch_log_group", "aws_iam_role", "aws_s3_bucket", "aws_security_group", "aws_s3_object",
		"aws_cloudwatch_metric_alarm", "aws_sns_topic_subscription"}
	for name := range resourceTokens {
		names = append(names, name)
	}
	for _, name := range names {
		provider.ResourcesMap[name] = &schema.Resource{Schema: map[string]*schema.Schema{
			"name": text(), "bucket": text(), "source": text(), "policy": text(), "tags_all": tags,
			"ingress": {Type: schema.TypeList, Optional: true, Elem: &schema.Schema{Type: schema.TypeString}},
			"egress":  {Type: schema.TypeList, Optional: true, Elem: &schema.Schema{Type: schema.TypeString}},
		}}
	}
	for name := range dataSourceTokens {
		provider.DataSourcesMap[name] = &schema.Resource{}
	}
	described, err := Info(shimv2.NewProvider(provider))
	if err != nil {
		t.Fatal(err)
	}
	return described
}

func TestTokens(t *testing.T) {
	described := info(t)
	for name, want := range map[string]string{
		"aws_vpc":                             "aws:ec2/vpc:Vpc",
		"aws_batch_job_queue":                 "aws:batch/jobQueue:JobQueue",
		"aws_cloudwatch_event_rule":           "aws:cloudwatch/eventRule:EventRule",
		"aws_cloudwatch_log_group":            "aws:cloudwatch/logGroup:LogGroup",
		"aws_sns_topic":                       "aws:sns/topic:Topic",
		"aws_budgets_budget":                  "aws:budgets/budget:Budget",
		"aws_vpc_security_group_ingress_rule": "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
		"aws_s3_object":                       "aws:s3/bucketObjectv2:BucketObjectv2",
	} {
		if got := string(described.Resources[name].Tok); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	if got := string(described.DataSources["aws_caller_identity"].Tok); got != "aws:index/getCallerIdentity:getCallerIdentity" {
		t.Errorf("got %s", got)
	}
}

func TestUnknownTokenIsAnError(t *testing.T) {
	_, err := Info(shimv2.NewProvider(&schema.Provider{}))
	if err == nil || !strings.Contains(err.Error(), "the provider has no") {
		t.Errorf("got %v", err)
	}
}

func TestFields(t *testing.T) {
	resources := info(t).Resources
	if f := resources["aws_security_group"].Fields; f["ingress"].Name != "ingress" || f["egress"].Name != "egress" {
		t.Error("ingress and egress are not plural in @pulumi/aws")
	}
	if resources["aws_cloudwatch_metric_alarm"].Fields["alarm_name"].Name != "name" ||
		resources["aws_sns_topic_subscription"].Fields["topic_arn"].Name != "topic" {
		t.Error("an alarm has a name, a subscription a topic")
	}
	if resources["aws_s3_object"].Fields["source"].Asset == nil {
		t.Error("an object's source is an asset")
	}
	if f := resources["aws_iam_role"].Fields; f["policy"].Transform == nil || len(f["policy"].AltTypes) != 1 {
		t.Error("a policy may be a PolicyDocument")
	}
	for _, name := range []string{"aws_iam_role", "aws_batch_job_queue"} {
		if resources[name].Fields["name"].Default == nil {
			t.Errorf("%s has no automatic name", name)
		}
	}
	if resources["aws_s3_bucket"].Fields["bucket"].Default == nil {
		t.Error("a bucket has no automatic name")
	}
	if f := resources["aws_s3_bucket"].Fields["tags_all"]; f == nil || f.Name != "tagsAll" {
		t.Error("the names of properties are not set")
	}
}

func TestNamesAreSet(t *testing.T) {
	text := func() *schema.Schema { return &schema.Schema{Type: schema.TypeString, Optional: true} }
	inner := &schema.Resource{Schema: map[string]*schema.Schema{"access_key": text()}}
	provider := shimv2.NewProvider(&schema.Provider{ResourcesMap: map[string]*schema.Resource{"aws_thing": {
		Schema: map[string]*schema.Schema{
			"some_name": text(),
			"topic_arn": text(),
			"rule":      {Type: schema.TypeList, Optional: true, Elem: inner},
			"filter":    {Type: schema.TypeList, Optional: true, MaxItems: 1, Elem: inner},
			"matrix":    {Type: schema.TypeList, Optional: true, Elem: &schema.Schema{Type: schema.TypeList, Elem: inner}},
		},
	}}})
	fields := map[string]*tfbridge.SchemaInfo{"topic_arn": {Name: "topic"}}
	setNames(fields, provider.ResourcesMap().Get("aws_thing").Schema())
	names := map[string]string{}
	for key, field := range fields {
		names[key] = field.Name
	}
	want := map[string]string{
		"some_name": "someName", "topic_arn": "topic", "rule": "rules", "filter": "filter", "matrix": "matrices",
	}
	if !maps.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
	for key, nested := range map[string]*tfbridge.SchemaInfo{
		"rule": fields["rule"].Elem, "filter": fields["filter"].Elem, "matrix": fields["matrix"].Elem.Elem,
	} {
		if got := nested.Fields["access_key"].Name; got != "accessKey" {
			t.Errorf("%s: got %q", key, got)
		}
	}
}

func TestMergeDefaultTags(t *testing.T) {
	value := resource.NewPropertyValue
	config := resource.PropertyMap{"defaultTags": value(map[string]any{"tags": map[string]any{"owner": "team", "env": "dev"}})}
	unknown := resource.MakeComputed(value(""))
	for _, test := range []struct {
		name         string
		inputs, conf resource.PropertyMap
		want         resource.PropertyValue
	}{
		{"own tags win", resource.PropertyMap{"tags": value(map[string]any{"env": "qa"})}, config,
			value(map[string]any{"owner": "team", "env": "qa"})},
		{"default tags only", resource.PropertyMap{}, config, value(map[string]any{"owner": "team", "env": "dev"})},
		{"no tags", resource.PropertyMap{}, resource.PropertyMap{}, value(map[string]any{})},
		{"unknown tags", resource.PropertyMap{"tags": unknown}, config,
			resource.NewOutputProperty(resource.Output{Known: false})},
	} {
		got, err := mergeDefaultTags(context.Background(), test.inputs, test.conf)
		if err != nil || !got["tagsAll"].DeepEquals(test.want) {
			t.Errorf("%s: got %v, %v", test.name, got["tagsAll"], err)
		}
		if _, changed := test.inputs["tagsAll"]; changed {
			t.Errorf("%s: the inputs are changed in place", test.name)
		}
	}
}

func TestAbout(t *testing.T) {
	about := About()
	for _, want := range []string{providers.Version("aws"), "cut-down local build", "real account", "emulator",
		"Waits are shortened", "github.com/upbound/terraform-provider-aws", "first use"} {
		if !strings.Contains(about, want) {
			t.Errorf("no %q in:\n%s", want, about)
		}
	}
}
