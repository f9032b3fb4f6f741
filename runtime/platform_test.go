package runtime

import "testing"

func TestForeign(t *testing.T) {
	for _, c := range []struct {
		found, arch string
		foreign     bool
	}{
		{"sha256:1 linux/amd64\n", "amd64", false},
		{"sha256:1 linux/386\n", "amd64", false},
		{"sha256:1 linux/arm\n", "arm64", false},
		{"sha256:1 linux/arm64\n", "amd64", true},
		{"sha256:1 linux/amd64\n", "arm64", true},
		{"sha256:1 windows/amd64\n", "amd64", true},
		{"sha256:1 /\n", "amd64", false}, // an image that does not say
		{"sha256:1\n", "amd64", false},
		{"", "amd64", false},
	} {
		if err := foreign(c.found, c.arch); (err != nil) != c.foreign {
			t.Errorf("%q on %s: %v", c.found, c.arch, err)
		}
	}
}
