package slim

import (
	"errors"
	"regexp"
	"slices"
)

var (
	serviceImport = regexp.MustCompile(`(?m)^\t(?:(\w+) )?"` + regexp.QuoteMeta(Module+"/"+servicesDir) + `/(\w+)"\n`)
	serviceEntry  = regexp.MustCompile(`(?m)^\t\t(\w+)\.ServicePackage\(ctx\),\n`)
	clientImport  = regexp.MustCompile(`(?m)^\t(?:(\w+) )?"` + regexp.QuoteMeta(sdkServices) + `(\w+)"\n`)
	serviceNames  = regexp.MustCompile(`(?ms)^service "(\w+)" \{\n.*?^\}\n\n?`)
	clientMethod  = regexp.MustCompile(`(?ms)^func \(c \*AWSClient\) \w+\(ctx context\.Context\) \*(\w+)\.\w+ \{\n.*?^\}\n\n?`)
)

var errNoMatch = errors.New("is not as expected; has its module changed?")

// keepServices drops from the list of services those that are not kept.
func keepServices(text string, kept []string) (string, error) {
	return keep(text, kept, serviceImport, serviceEntry)
}

// keepClients drops from the AWS client's methods those whose SDK package is not kept.
func keepClients(text string, kept []string) (string, error) {
	return keep(text, kept, clientImport, clientMethod)
}

// keepNames drops the names of services that are not kept: the provider parses the list whenever it starts, for a third of
// that time.
func keepNames(text string, kept []string) (string, error) {
	if !serviceNames.MatchString(text) {
		return "", errNoMatch
	}
	return serviceNames.ReplaceAllStringFunc(text, func(block string) string {
		return lineIf(slices.Contains(kept, serviceNames.FindStringSubmatch(block)[1]), block)
	}), nil
}

// keep drops the imports of packages that are not kept, and the uses of their names. An import is (alias)(package), a
// use is (name).
func keep(text string, kept []string, imports, uses *regexp.Regexp) (string, error) {
	used := map[string]bool{} // by the name that the file gives the package
	for _, m := range imports.FindAllStringSubmatch(text, -1) {
		name := m[1]
		if name == "" {
			name = m[2]
		}
		used[name] = slices.Contains(kept, m[2])
	}
	if len(used) == 0 || !uses.MatchString(text) {
		return "", errNoMatch
	}
	text = imports.ReplaceAllStringFunc(text, func(line string) string {
		return lineIf(slices.Contains(kept, imports.FindStringSubmatch(line)[2]), line)
	})
	return uses.ReplaceAllStringFunc(text, func(use string) string {
		keep, imported := used[uses.FindStringSubmatch(use)[1]]
		return lineIf(keep || !imported, use)
	}), nil
}

func lineIf(keep bool, text string) string {
	if keep {
		return text
	}
	return ""
}
