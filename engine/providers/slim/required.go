//go:build required

package slim

// Copied, and imported by the built provider alone: this keeps its version in go.mod.
import _ "github.com/hashicorp/terraform-plugin-framework/diag"
