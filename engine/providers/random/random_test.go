package random

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
)

func data(t *testing.T, values map[string]any) *schema.ResourceData {
	return schema.TestResourceDataRaw(t, randomID().Schema, values)
}

// The forms of one value, as the official provider gives them.
func TestForms(t *testing.T) {
	d := data(t, map[string]any{"byte_length": 4, "prefix": "p-"})
	if err := set(d, []byte{0xfb, 0x8b, 0x92, 0xbf}); err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{
		"hex": "p-fb8b92bf", "dec": "p-4220228287", "b64_url": "p--4uSvw", "b64_std": "p-+4uSvw==",
	} {
		if got := d.Get(field); got != want {
			t.Errorf("%s: got %v, want %s", field, got, want)
		}
	}
	if d.Id() != "-4uSvw" {
		t.Errorf("the id has no prefix: %s", d.Id())
	}
}

func TestCreate(t *testing.T) {
	seen := map[string]bool{}
	for range 20 {
		d := data(t, map[string]any{"byte_length": 8})
		if diags := create(context.Background(), d, nil); diags.HasError() {
			t.Fatal(diags)
		}
		hex := d.Get("hex").(string)
		if len(hex) != 16 || seen[hex] {
			t.Errorf("%q is not 8 new bytes", hex)
		}
		seen[hex] = true
	}
	if diags := create(context.Background(), data(t, map[string]any{"byte_length": 0}), nil); !diags.HasError() {
		t.Error("no bytes must be an error")
	}
}

func TestImport(t *testing.T) {
	d := data(t, nil)
	d.SetId("with,comma-,-4uSvw")
	if _, err := importID(context.Background(), d, nil); err != nil {
		t.Fatal(err)
	}
	if d.Get("byte_length") != 4 || d.Get("prefix") != "with,comma-" || d.Get("hex") != "with,comma-fb8b92bf" {
		t.Errorf("imported %v", d.State().Attributes)
	}
	d.SetId("not base64!")
	if _, err := importID(context.Background(), d, nil); err == nil || !strings.Contains(err.Error(), "not base64!") {
		t.Errorf("a malformed id: %v", err)
	}
}

// Only a replacement gives new bytes.
func TestInputsReplace(t *testing.T) {
	for _, field := range []string{"byte_length", "keepers", "prefix"} {
		if !randomID().Schema[field].ForceNew {
			t.Errorf("a change of %s must replace", field)
		}
	}
	if err := Info().P.InternalValidate(); err != nil {
		t.Error(err)
	}
}
