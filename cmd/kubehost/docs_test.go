package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
			if len([]rune(strings.TrimSuffix(line, "\n"))) > width && strings.HasPrefix(line, " ") {
				t.Errorf("%d columns: %q", width, line)
			} else if len(line) > width {
				long++
			}
		}
		if long > 5 && width >= 100 {
			t.Errorf("%d rows do not fit into %d columns", long, width)
		}
	}
}
