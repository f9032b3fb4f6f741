package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/manifests"
)

var update = flag.Bool("update", false, "rewrite the pages of docs that are printed from tables")

// page compares a page of docs with what the tables say now.
func page(t *testing.T, name, want string) {
	t.Helper()
	file := "../../docs/" + name
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(have)); diff != "" {
		t.Errorf("docs/%s is out of date, -update rewrites it (-table +page):\n%s", name, diff)
	}
}

func TestFieldsPage(t *testing.T) {
	var b strings.Builder
	if err := writeFieldsPage(&b, manifests.Fields("")); err != nil {
		t.Fatal(err)
	}
	page(t, "fields.md", b.String())
}

func TestAnnotationsPage(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Annotations\n\nThe annotations of pods that kubehost acts on; this page is printed from the table by which it checks them.\n" +
		"`*` stands for the name of a container. An unknown annotation of kubehost.dev is an error. What is not listed is kept with the\n" +
		"pod, where the downward API shows it; annotations of podman that cannot be honoured are in [fields.md](fields.md).\n")
	for _, a := range manifests.Annotations() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n- value: %s\n- example: `%s: %s`\n", cell(a.Key), cell(a.Meaning), cell(a.Value),
			strings.Replace(a.Key, "*", "web", 1), yamlText(a.Example))
	}
	page(t, "annotations.md", b.String())
}

func TestSettingsPage(t *testing.T) { page(t, "settings.md", settingsPage()) }

// TestReadmePage: the README's table of settings says what the page says.
func TestReadmePage(t *testing.T) {
	const file = "../../README.md"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := settingsSummary()
	head, _, _ := strings.Cut(want, "\n")
	before, after, ok := strings.Cut(string(b), head+"\n")
	if !ok {
		t.Fatalf("README.md has no table of settings:\n%s", want)
	}
	have := head + "\n"
	for line := range strings.Lines(after) {
		if !strings.HasPrefix(line, "|") {
			break
		}
		have += line
	}
	after = strings.TrimPrefix(after, strings.TrimPrefix(have, head+"\n"))
	if *update {
		if err := os.WriteFile(file, []byte(before+want+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("README.md is out of date, -update rewrites it (-table +page):\n%s", diff)
	}
}

// yamlText quotes what YAML would take for something else than a text.
func yamlText(s string) string {
	if strings.ContainsAny(s, `'"#:`) || s == "true" || s == "false" || strings.Trim(s, "0123456789") == "" {
		return fmt.Sprintf("%q", s)
	}
	return s
}

// TestAnnotationsAreInTheTable: what is supported has a page, and what has a page is supported.
func TestAnnotationsAreInTheTable(t *testing.T) {
	var supported, written []string
	for _, f := range manifests.Fields("pod.metadata.annotations") {
		key, ok := strings.CutPrefix(f.Path, "pod.metadata.annotations[")
		if ok && f.Status == manifests.Supported && !strings.Contains(key, "kubernetes.io/") { // those are Kubernetes' own
			supported = append(supported, strings.TrimSuffix(key, "]"))
		}
	}
	for _, a := range manifests.Annotations() {
		written = append(written, a.Key)
	}
	slices.Sort(supported)
	slices.Sort(written)
	if diff := cmp.Diff(supported, written); diff != "" {
		t.Errorf("field table and annotation table differ (-fields +annotations):\n%s", diff)
	}
}

// TestFieldsFitATerminal: no line of notes is longer than the terminal is wide.
func TestFieldsFitATerminal(t *testing.T) {
	for _, width := range []int{80, 100, 120} {
		var b strings.Builder
		if err := writeFieldsText(&b, manifests.Fields(""), width); err != nil {
			t.Fatal(err)
		}
		long := 0
		for line := range strings.Lines(b.String()) {
			switch fits := len([]rune(strings.TrimSuffix(line, "\n"))) <= width; {
			case !fits && strings.HasPrefix(line, " "):
				t.Errorf("%d columns: %q", width, line)
			case !fits:
				long++
			}
		}
		if long > 5 && width >= 100 {
			t.Errorf("%d rows do not fit into %d columns", long, width)
		}
	}
}

// settingsSummary is the table of the README.
func settingsSummary() string {
	var b strings.Builder
	b.WriteString("| setting | flag | environment | configuration file | default |\n| --- | --- | --- | --- | --- |\n")
	for _, s := range settings.Table() {
		flag, env := "none", "none"
		if s.Flag != "" {
			flag, env = "`--"+s.Flag+"`", "`"+s.Env+"`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | `%s:` | %s |\n", s.Short, flag, env, s.Key, s.Default)
	}
	return b.String()
}

// settingsPage is docs/settings.md.
func settingsPage() string {
	var b strings.Builder
	b.WriteString("# Settings\n\nA flag counts before the environment, that before the configuration file, that before the default. " +
		"Of two defaults the first is root's,\nthe second any other user's, with what the XDG specification takes where such a variable is not set. This page is printed from the table that kubehost itself has of its settings.\n")
	for _, s := range settings.Table() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", s.Short, cell(s.Meaning))
		if s.Flag != "" {
			of := "every command that works with pods"
			if s.Of != nil {
				of = "`kubehost " + strings.Join(s.Of, "`, `") + "`"
			}
			fmt.Fprintf(&b, "- flag: `--%s`, of %s\n- environment: `%s`\n", s.Flag, of, s.Env)
		}
		fmt.Fprintf(&b, "- configuration file: `%s: %s`\n- values: %s\n- default: %s\n", s.Key, s.Example, s.Values, s.Default)
	}
	b.WriteString("\n## The configuration file\n\n`/etc/kubehost/config.yaml`, or `$XDG_CONFIG_HOME/kubehost/config.yaml` of any other user than root. " +
		"`--config` and `KUBEHOST_CONFIG` name another,\nwhich then must be there. Each setting is optional, an unknown one is an error:\n\n```yaml\n")
	for _, s := range settings.Table() {
		fmt.Fprintf(&b, "%s: %s\n", s.Key, s.Example)
	}
	b.WriteString("```\n\n## Variables of the runtimes\n\nkubehost calls `docker` or `podman`, which obey their own variables. " +
		"Supervisors keep those that `kubehost apply` was called with:\n\n`" + strings.Join(reaching, "` `") + "`\n\n" +
		"What is only true until the next boot, as the status of pods, is in `KUBEHOST_RUN_DIR`: by default `/run/kubehost`,\n" +
		"`$XDG_RUNTIME_DIR/kubehost`, or, with a state directory other than the usual one, `run` in that.\n")
	return b.String()
}
