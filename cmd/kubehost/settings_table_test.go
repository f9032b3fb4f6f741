package main

import (
	"cmp"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/settings"
)

// settingsOf are the settings of a command line of "kubehost apply", with these variables and this configuration file.
func settingsOf(t *testing.T, env map[string]string, file string, flags ...string) reflect.Value {
	t.Helper()
	name := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(name, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &program{stdout: io.Discard, stderr: io.Discard, getenv: func(v string) string { return env[v] }}
	app := p.app()
	var found settings.Settings
	app.Command("apply").Action = func(c *cli.Context) (err error) {
		found, err = p.user().Settings(c)
		return err
	}
	if err := commandline.Run(t.Context(), app, append([]string{"apply", "--config", name}, flags...)); err != nil {
		t.Fatal(err)
	}
	return reflect.ValueOf(found)
}

// TestRuntimeAsked: only a command line that names a runtime means no pods of another.
func TestRuntimeAsked(t *testing.T) {
	for flag, want := range map[string]bool{"--runtime=podman": true, "--runtime=auto": false, "--runtime=": false} {
		if got := settingsOf(t, map[string]string{"KUBEHOST_RUNTIME": "docker"}, "", flag).FieldByName("RuntimeAsked").Bool(); got != want {
			t.Errorf("%s: %t", flag, got)
		}
	}
}

// TestSettingsTable: each setting is read where the table says, in that order.
func TestSettingsTable(t *testing.T) {
	second := map[string]string{"runtime": "docker", "supervisor": "systemd", "progress": "json"}
	for _, row := range settings.Table() {
		field := strings.ToUpper(row.Key[:1]) + row.Key[1:]
		value := func(env map[string]string, file string, flags ...string) string {
			return settingsOf(t, env, file, flags...).FieldByName(field).String()
		}
		other := cmp.Or(second[row.Key], "/somewhere")
		usual, file := value(nil, ""), row.Key+": "+row.Example+"\n"
		if usual == row.Example {
			t.Errorf("%s: the example is the default", row.Key)
		}
		if have := value(nil, file); have != row.Example {
			t.Errorf("%s: file: %q, want %q", row.Key, have, row.Example)
		}
		if row.Flag == "" {
			continue
		}
		for what, have := range map[string]string{
			"environment before file": value(map[string]string{row.Env: row.Example}, row.Key+": "+other+"\n"),
			"flag before environment": value(map[string]string{row.Env: other}, "", "--"+row.Flag, row.Example),
		} {
			if have != row.Example {
				t.Errorf("%s: %s: %q, want %q", row.Key, what, have, row.Example)
			}
		}
		for _, c := range (&program{}).app().Commands {
			if _, has := commandline.FlagsOf(c)[row.Flag]; row.Of != nil && has != slices.Contains(row.Of, c.Name) {
				t.Errorf("--%s is a flag of %s: %v", row.Flag, c.Name, has)
			}
		}
	}
}

// TestSettingsPageExample: the file that the page shows can be read.
func TestSettingsPageExample(t *testing.T) {
	_, rest, _ := strings.Cut(settingsPage(), "```yaml\n")
	example, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("the page shows no file")
	}
	found := settingsOf(t, nil, example)
	if want := settings.Table()[0].Example; found.FieldByName("Runtime").String() != want {
		t.Errorf("runtime %v", found.FieldByName("Runtime"))
	}
}
