package plan

import "fmt"

// Login is what a registry is told when an image is pulled. It is used for that one pull and kept nowhere by the
// runtime; no container is made from it, so it is in no hash.
type Login struct {
	// Registry is the registry's host, with its port if it has one: "registry.example.com:5000".
	Registry string `json:"registry"`
	Username string `json:"username"`
	// Password comes from a Secret.
	Password string `json:"password,omitempty"`
	// PasswordFile is a file of the host that holds the password, read when the image is pulled.
	PasswordFile string `json:"passwordFile,omitempty"`
}

func (t *text) login(l Login) {
	s := fmt.Sprintf("login %s as %q", l.Registry, l.Username)
	switch {
	case l.Password != "" && t.show:
		s += fmt.Sprintf(", password %q", l.Password)
	case l.Password != "":
		s += ", password " + mask
	}
	if l.PasswordFile != "" {
		s += ", password in " + l.PasswordFile
	}
	t.line(2, "%s", s)
}
