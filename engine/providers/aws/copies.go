package aws

import (
	"reflect"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/mitchellh/copystructure"
)

// The plugin SDK copies all of a resource's schema whenever it compares one, as a resource may say of its copy that a
// change replaces it. Its own way, by reflection, is a fifth of the provider's CPU in a preview. Copiers are to be there
// before the first copy; slim/modules.go has the SDK go to them straight away.
// https://pkg.go.dev/github.com/mitchellh/copystructure#pkg-variables
func init() {
	copystructure.Copiers[reflect.TypeFor[schema.Schema]()] = func(value any) (any, error) {
		return copySchema(value.(schema.Schema)), nil
	}
}

// copySchema shares what a resource cannot change in its copy: functions, defaults, names of other fields.
func copySchema(s schema.Schema) schema.Schema {
	switch element := s.Elem.(type) {
	case *schema.Schema:
		copied := copySchema(*element)
		s.Elem = &copied
	case *schema.Resource:
		copied := *element
		copied.Schema = make(map[string]*schema.Schema, len(element.Schema))
		for name, field := range element.Schema {
			f := copySchema(*field)
			copied.Schema[name] = &f
		}
		s.Elem = &copied
	}
	return s
}
