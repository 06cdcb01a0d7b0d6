// Package random is the part of the random provider that the platform uses: RandomId, as @pulumi/random has it.
package random

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"

	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"

	"dse/engine/providers"
)

// Info describes the provider.
func Info() tfbridge.ProviderInfo {
	return tfbridge.ProviderInfo{
		P:              shimv2.NewProvider(&schema.Provider{ResourcesMap: map[string]*schema.Resource{"random_id": randomID()}}),
		Name:           "random",
		Version:        providers.Version("random"),
		ResourcePrefix: "random",
		MetadataInfo:   tfbridge.NewProviderMetadata([]byte("{}")),
		Resources:      map[string]*tfbridge.ResourceInfo{"random_id": {Tok: "random:index/randomId:RandomId"}},
	}
}

func randomID() *schema.Resource {
	computed := func() *schema.Schema { return &schema.Schema{Type: schema.TypeString, Computed: true} }
	nothing := func(context.Context, *schema.ResourceData, any) diag.Diagnostics { return nil }
	return &schema.Resource{
		Schema: map[string]*schema.Schema{
			"byte_length": {Type: schema.TypeInt, Required: true, ForceNew: true},
			"keepers": {
				Type: schema.TypeMap, Optional: true, ForceNew: true,
				Elem: &schema.Schema{Type: schema.TypeString},
			},
			"prefix":  {Type: schema.TypeString, Optional: true, ForceNew: true},
			"b64_std": computed(),
			"b64_url": computed(),
			"dec":     computed(),
			"hex":     computed(),
		},
		CreateContext: create,
		ReadContext:   nothing,
		DeleteContext: nothing,
		Importer:      &schema.ResourceImporter{StateContext: importID},
	}
}

func create(_ context.Context, d *schema.ResourceData, _ any) diag.Diagnostics {
	length := d.Get("byte_length").(int)
	if length < 1 {
		return diag.Errorf("byteLength must be at least 1, not %d", length)
	}
	value := make([]byte, length)
	if _, err := rand.Read(value); err != nil {
		return diag.FromErr(err)
	}
	return diag.FromErr(set(d, value))
}

// importID takes an id, or a prefix and an id with a comma between.
func importID(_ context.Context, d *schema.ResourceData, _ any) ([]*schema.ResourceData, error) {
	prefix, id := "", d.Id()
	if comma := strings.LastIndex(id, ","); comma >= 0 {
		prefix, id = id[:comma], id[comma+1:]
	}
	value, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil {
		return nil, fmt.Errorf("%q is not unpadded URL-safe base64: %w", id, err)
	}
	if prefix != "" {
		if err := d.Set("prefix", prefix); err != nil {
			return nil, err
		}
	}
	if err := d.Set("byte_length", len(value)); err != nil {
		return nil, err
	}
	return []*schema.ResourceData{d}, set(d, value)
}

// set shows the value in all its forms; the id has no prefix, the others have.
func set(d *schema.ResourceData, value []byte) error {
	d.SetId(base64.RawURLEncoding.EncodeToString(value))
	prefix, _ := d.Get("prefix").(string)
	for field, text := range map[string]string{
		"b64_std": base64.StdEncoding.EncodeToString(value),
		"b64_url": base64.RawURLEncoding.EncodeToString(value),
		"dec":     new(big.Int).SetBytes(value).String(),
		"hex":     hex.EncodeToString(value),
	} {
		if err := d.Set(field, prefix+text); err != nil {
			return err
		}
	}
	return nil
}
