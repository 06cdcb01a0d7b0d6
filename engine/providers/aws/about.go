package aws

import (
	"fmt"
	"strings"

	"dse/engine/providers"
)

// About says what this plugin is.
func About() string {
	build := providers.ReadBuild()
	return fmt.Sprintf(`%s (cut-down local build)

pulumi-resource-aws, built on this machine because the official plugin could not be downloaded. It serves
part of the resources of @pulumi/aws %[1]s, for an AWS emulator on this machine only: it refuses every
endpoint that is not loopback, and reads no AWS profile. Waits are shortened a hundredfold, for an emulator
that answers at once. Never use it with a real account: the official provider is for that.

Services: %s
Sources:  %s
          (a copy of the Terraform AWS provider), github.com/pulumi/pulumi-terraform-bridge
Trust:    every module is pinned by go.sum; the hash of the provider's copy was taken on first use, as
          no checksum database entry backs it

  --version, --help   this text
  --schema            the schema of what it serves, as JSON`,
		build.Versions["aws"], strings.Join(build.Services, " "), build.Source)
}
