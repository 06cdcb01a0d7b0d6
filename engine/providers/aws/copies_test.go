package aws

import (
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/mitchellh/copystructure"
)

func TestSchemasAreCopied(t *testing.T) {
	number := func() *schema.Schema { return &schema.Schema{Type: schema.TypeInt, Optional: true} }
	block := &schema.Resource{Schema: map[string]*schema.Schema{
		"size":  number(),
		"ports": {Type: schema.TypeList, Optional: true, Elem: number(), ConflictsWith: []string{"block.0.size"}},
	}}
	fields := schema.InternalMap{"block": {Type: schema.TypeList, Optional: true, Elem: block}, "size": number()}

	copier := copystructure.Copiers[reflect.TypeOf(fields)]
	copied := copystructure.Must(copier(fields)).(schema.InternalMap)
	if !reflect.DeepEqual(copied, fields) {
		t.Errorf("got %v", copied)
	}

	// What a resource may say of its copy does not hold for all.
	nested := copied["block"].Elem.(*schema.Resource).Schema
	for _, field := range []*schema.Schema{
		copied["size"], copied["block"], nested["size"], nested["ports"], nested["ports"].Elem.(*schema.Schema),
	} {
		field.ForceNew = true
	}
	for name, field := range map[string]*schema.Schema{
		"size": fields["size"], "block": fields["block"], "block.size": block.Schema["size"],
		"block.ports": block.Schema["ports"], "each of block.ports": block.Schema["ports"].Elem.(*schema.Schema),
	} {
		if field.ForceNew {
			t.Errorf("%s is not copied", name)
		}
	}

	// Of an identity that a resource does not have.
	if none := copystructure.Must(copier(schema.InternalMap(nil))).(schema.InternalMap); none != nil {
		t.Errorf("got %v", none)
	}
}
