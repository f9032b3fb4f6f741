package manifests

import (
	"errors"
	"fmt"
	"path"
	"strings"
)

// RegistryLogin is one login of the annotation kubehost.dev/registry-login.
type RegistryLogin struct{ Registry, Username, PasswordFile string }

const registryLoginForm = "registry=registry.example.com username=bob password-file=/root/registry-password"

// ParseRegistryLogins reads the annotation's value: one login a line, of the words registry=, username= and
// password-file=. Only the file may hold a blank.
func ParseRegistryLogins(value string) ([]RegistryLogin, error) {
	var logins []RegistryLogin
	for line := range strings.Lines(value) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		var l RegistryLogin
		words := map[string]*string{"registry": &l.Registry, "username": &l.Username, "password-file": &l.PasswordFile}
		parts, err := splitWords(line)
		if err != nil {
			return nil, err
		}
		for _, word := range parts {
			key, text, ok := strings.Cut(word, "=")
			if key == "password" {
				return nil, errors.New("a password must not stand in a manifest: put it into a file, and name that with password-file=")
			}
			if !ok || words[key] == nil {
				return nil, fmt.Errorf("%q is none of registry=, username= and password-file=", key)
			}
			*words[key] = text
		}
		if err := l.check(); err != nil {
			return nil, err
		}
		logins = append(logins, l)
	}
	return logins, nil
}

func (l RegistryLogin) check() error {
	switch {
	case l.Registry == "" || l.Username == "" || l.PasswordFile == "":
		return errors.New("each line needs registry=, username= and password-file=")
	case strings.ContainsAny(l.Registry+l.Username, " \t\"\\\n") || strings.Contains(l.Username, ":"):
		return errors.New("neither a registry nor a user has blanks, quotes or backslashes in its name, nor a user a colon")
	case !path.IsAbs(l.PasswordFile) || strings.ContainsAny(l.PasswordFile, "\x00\n"):
		return fmt.Errorf("%q is not an absolute path", l.PasswordFile)
	}
	return nil
}
