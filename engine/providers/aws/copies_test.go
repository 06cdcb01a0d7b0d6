package aws

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-plugin-sdk/v2/terraform"
	"github.com/mitchellh/copystructure"
)

func TestSchemasAreCopied(t *testing.T) {
	number := func() *schema.Schema { return &schema.Schema{Type: schema.TypeInt, Optional: true} }
	block := &schema.Resource{Schema: map[string]*schema.Schema{
		"size":  number(),
		"ports": {Type: schema.TypeList, Optional: true, Elem: number(), ConflictsWith: []string{"block.0.size"}},
	}}
	fields := map[string]*schema.Schema{"block": {Type: schema.TypeList, Optional: true, Elem: block}}

	// The size of a block may change in place, unless the resource says otherwise of its copy.
	resource := &schema.Resource{Schema: fields, CustomizeDiff: func(_ context.Context, d *schema.ResourceDiff, _ any) error {
		return d.ForceNew("block.0.size")
	}}
	state := &terraform.InstanceState{ID: "id", Attributes: map[string]string{"block.#": "1", "block.0.size": "1"}}
	config := terraform.NewResourceConfigRaw(map[string]any{"block": []any{map[string]any{"size": 2}}})
	diff, err := resource.SimpleDiff(t.Context(), state, config, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !diff.Attributes["block.0.size"].RequiresNew {
		t.Error("what a resource says of its copy is lost")
	}
	if block.Schema["size"].ForceNew {
		t.Error("what a resource says of its copy holds for all")
	}

	copied := copystructure.Must(copystructure.Copy(fields)).(map[string]*schema.Schema)
	ports, own := copied["block"].Elem.(*schema.Resource).Schema["ports"], block.Schema["ports"]
	if ports == own || ports.Elem == own.Elem {
		t.Error("a field is not copied")
	}
	if &ports.ConflictsWith[0] != &own.ConflictsWith[0] {
		t.Error("it is copied by reflection")
	}
}
