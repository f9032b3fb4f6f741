package settings

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestConfigErrors(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"runtme: docker\n", "FILE: \"runtme\" is no setting\n  hint: did you mean runtime?"},
		{"port: 1\n", "FILE: \"port\" is no setting\n  hint: it may hold runtime, volumeBaseDir, stateDir, seccompDir, supervisor"},
		{"runtime: [docker\n", "FILE: line 1: did not find"},
		{"stateDir: here\n", "FILE: stateDir: \"here\" is not an absolute path"},
	} {
		name := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(name, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		u := User{Getenv: func(string) string { return "" }}
		_, _, err := u.config(name)
		if err == nil || !strings.HasPrefix(strings.Replace(err.Error(), name, "FILE", 1), test.want) {
			t.Errorf("%q: %v, want %s", test.text, err, test.want)
		}
	}
}

func TestDefaultsWithoutHome(t *testing.T) {
	u := User{UID: 4294967000, Getenv: func(string) string { return "" }}
	if d := u.defaults(); d.StateDir != "/.local/state/kubehost" {
		t.Errorf("state in %s", d.StateDir)
	}
}

// TestTableIsWhole: the configuration file holds nothing else.
func TestTableIsWhole(t *testing.T) {
	var keys []string
	for f := range reflect.TypeFor[configFile]().Fields() {
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		keys = append(keys, key)
	}
	table := configKeys()
	slices.Sort(keys)
	slices.Sort(table)
	if !slices.Equal(keys, table) {
		t.Errorf("the file holds %v, the table %v", keys, table)
	}
}
