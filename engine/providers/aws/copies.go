package aws

import (
	"reflect"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/mitchellh/copystructure"
)

// The plugin SDK copies all of a resource's schema whenever it compares one, as a resource may say of its copy that a
// change replaces it. Its own way, by reflection, is a fifth of the provider's CPU in a preview. A patch of
// slim/patches has it come here.
// https://pkg.go.dev/github.com/mitchellh/copystructure#pkg-variables
func init() {
	copystructure.Copiers[reflect.TypeFor[schema.InternalMap]()] = func(fields any) (any, error) {
		return copyFields(fields.(schema.InternalMap)), nil
	}
}

func copyFields(fields schema.InternalMap) schema.InternalMap {
	if fields == nil {
		return nil
	}
	copied := make(schema.InternalMap, len(fields))
	for name, field := range fields {
		copied[name] = copySchema(field)
	}
	return copied
}

// copySchema shares what a resource cannot change in its copy: functions, defaults, names of other fields.
func copySchema(s *schema.Schema) *schema.Schema {
	copied := *s
	switch element := s.Elem.(type) {
	case *schema.Schema:
		copied.Elem = copySchema(element)
	case *schema.Resource:
		resource := *element
		resource.Schema = copyFields(element.Schema)
		copied.Elem = &resource
	}
	return &copied
}
