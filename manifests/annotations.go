package manifests

import (
	"path"
	"regexp"
	"strings"
)

// The directory may be nested; it must stay below the volume base.
func checkSubdir(value string) (detail, hint string) {
	const below = "write a directory below the volume base, such as shop or shop/blue"
	switch {
	case value == "":
		return "is empty", below
	case path.IsAbs(value):
		return "is an absolute path, must be relative to the volume base", below
	case hasDotDot(value):
		return "must not contain '..'", below
	case strings.ContainsAny(value, ":\x00\n"):
		return "must not contain a colon or a line break", below
	}
	return "", ""
}

var networkName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]*$`)

func checkNetwork(value string) (detail, hint string) {
	if !networkName.MatchString(value) {
		return "is not the name of a network: letters, digits, _, . and -, a letter or digit first", "write a name such as backend"
	}
	return "", ""
}

// suggestAnnotation gives a finding about an annotation that kubehost does not have the one that was meant.
func suggestAnnotation(f *finding) {
	key, ok := strings.CutPrefix(f.Path, "metadata.annotations[")
	key = strings.TrimSuffix(key, "]")
	if !ok || f.class != refused || !inDomain(key, ownDomain) {
		return
	}
	var known []string
	for _, r := range podAnnotationRows {
		pattern := strings.Trim(r.path, "[]")
		if r.is == Refused || !inDomain(pattern, ownDomain) {
			continue
		}
		if pattern == key {
			return
		}
		prefix, isPrefix := strings.CutSuffix(pattern, "*")
		if isPrefix && strings.HasPrefix(key, prefix) {
			return
		}
		if isPrefix {
			_, container, _ := strings.Cut(key, "/")
			pattern = prefix + container
		}
		known = append(known, pattern)
	}
	if near := closest(key, known); near != "" {
		f.Hint = "did you mean " + near + "?"
	}
}
