package aws

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// mergeDefaultTags puts the provider's default tags and the resource's own into tagsAll before the engine checks the
// resource, as the official provider does, so that previews and policy packs see what the resource will carry.
func mergeDefaultTags(_ context.Context, inputs, config resource.PropertyMap) (resource.PropertyMap, error) {
	merged, all := inputs.Copy(), resource.PropertyMap{}
	var defaults resource.PropertyValue
	if d := config["defaultTags"]; d.IsObject() {
		defaults = d.ObjectValue()["tags"]
	}
	for _, tags := range []resource.PropertyValue{defaults, inputs["tags"]} { // a resource's own tag wins
		if tags.ContainsUnknowns() {
			merged["tagsAll"] = resource.NewOutputProperty(resource.Output{Known: false})
			return merged, nil
		}
		if tags.IsSecret() {
			tags = tags.SecretValue().Element
		}
		if tags.IsObject() {
			for key, value := range tags.ObjectValue() {
				all[key] = value
			}
		}
	}
	merged["tagsAll"] = resource.NewObjectProperty(all)
	return merged, nil
}
