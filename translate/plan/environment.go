package plan

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxEnvLine is what name and value of a variable must stay below, in bytes, to be a line of an env-file: docker refuses
// one of 64 KiB.
const MaxEnvLine = 60_000

// IsLine says whether the variable can stand in an env-file at all: a line's end, a comment, white space in a name or
// what is no UTF-8 would be changed or refused, and a late value is not known yet.
func (v EnvVar) IsLine() bool {
	return len(v.Name)+len(v.Value) < MaxEnvLine && utf8.ValidString(v.Value) && !strings.ContainsAny(v.Value, "\r\n\x00") &&
		!strings.HasPrefix(v.Name, "#") && !strings.ContainsAny(v.Name, " \t")
}

// Obeyed says whether the commands of a runtime, the shell that they are run by, or what all of these are made with, would
// obey a variable of that name in their own environment: perhaps not start at all, or act somewhere else.
func (v EnvVar) Obeyed() bool {
	return slices.Contains(obeyed, v.Name) || slices.Contains(proxies, strings.ToUpper(v.Name)) ||
		slices.ContainsFunc(obeyedPrefixes, func(prefix string) bool { return strings.HasPrefix(v.Name, prefix) })
}

var (
	obeyed = []string{"PATH", "HOME", "TMPDIR", "ENV", "IFS", "SHELLOPTS", "BASHOPTS", "GLIBC_TUNABLES", "GCONV_PATH", "LOCPATH",
		"GOCOVERDIR", "GODEBUG", "GOGC", "GOMAXPROCS", "GOMEMLIMIT", "GOTRACEBACK", "NOTIFY_SOCKET", "SSH_AUTH_SOCK", "SSL_CERT_DIR", "SSL_CERT_FILE"}
	proxies        = []string{"ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"}
	obeyedPrefixes = []string{"BASH_", "CONTAINERS_", "CONTAINER_", "DBUS_", "DOCKER_", "LD_", "LISTEN_", "NETAVARK_", "OTEL_", "PODMAN_",
		"REGISTRY_AUTH_", "STORAGE_", "XDG_", "_CONTAINERS_", "_PODMAN_"}
)
