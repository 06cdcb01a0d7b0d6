package slim

import (
	"regexp"
	"strings"
)

// The provider waits seconds to minutes before it asks AWS whether a change has happened. An emulator has done it at
// once, so these waits would be most of a deployment's time (30 s for a batch queue, 55 s for a bucket's lifecycle).

const sdkRetry = `"github.com/hashicorp/terraform-plugin-sdk/v2/helper/retry"`

// backoffWait is where the package that all newer waits and repetitions go through says how long the next one is.
var backoffWait = regexp.MustCompile(`(?m)^(\t+return )(d\.initialDelay|delay)$`)

var sdkWait = regexp.MustCompile(`(?m)^(\t+(?:Delay|MinTimeout|PollInterval):\s+)([^,\n]+),`)

// shortenBackoff divides the waits of the provider's own backoff package by 100.
func shortenBackoff(text string) (string, int, error) {
	n := len(backoffWait.FindAllString(text, -1))
	if n == 0 {
		return "", 0, errNoMatch
	}
	return backoffWait.ReplaceAllString(text, "$1$2 / 100"), n, nil
}

// shortenSDKWaits divides the waits in a file that still uses the plugin SDK's retry package.
func shortenSDKWaits(text string) (string, int) {
	if !strings.Contains(text, sdkRetry) {
		return text, 0
	}
	return sdkWait.ReplaceAllString(text, "$1($2) / 100,"), len(sdkWait.FindAllString(text, -1))
}
