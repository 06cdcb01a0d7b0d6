package slim

import (
	"regexp"
	"strings"
)

// The provider waits seconds to minutes before it asks AWS whether a change has happened. An emulator has done it at
// once, so these waits would be most of a deployment's time (30 s for a batch queue, 55 s for a bucket's lifecycle).

const (
	stateDelay = "SDKv2HelperRetryCompatibleDelay(conf.Delay, conf.PollInterval, conf.MinTimeout)"
	shortDelay = "SDKv2HelperRetryCompatibleDelay(conf.Delay/100, conf.PollInterval/100, conf.MinTimeout/100)"
	sdkRetry   = `"github.com/hashicorp/terraform-plugin-sdk/v2/helper/retry"`
)

var sdkWait = regexp.MustCompile(`(?m)^(\t+(?:Delay|MinTimeout|PollInterval):\s+)([^,\n]+),`)

// shortenStateWaits divides the waits of the provider's own retry package by 100.
func shortenStateWaits(text string) (string, int, error) {
	n := strings.Count(text, stateDelay)
	if n == 0 {
		return "", 0, errNoMatch
	}
	return strings.ReplaceAll(text, stateDelay, shortDelay), n, nil
}

// shortenSDKWaits divides the waits in a file that still uses the plugin SDK's retry package.
func shortenSDKWaits(text string) (string, int) {
	if !strings.Contains(text, sdkRetry) {
		return text, 0
	}
	return sdkWait.ReplaceAllString(text, "$1($2) / 100,"), len(sdkWait.FindAllString(text, -1))
}
