package e2e

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/kubehost/kubehost"

// rule says what the packages of a folder may import of this module, and must not import of others.
type rule struct {
	module []string // folders of this module, or "*"
	never  []string // import paths; one that ends in "/" stands for all below it
}

// The direction of imports: the deepest folder's rule holds.
var directions = map[string]rule{
	"cmd":                {module: []string{"*"}},
	"cmd/archive":        {module: []string{}, never: []string{"k8s.io/", "sigs.k8s.io/", "github.com/", "os/exec"}},
	"cmd/commandline":    {module: []string{}, never: []string{"k8s.io/", "sigs.k8s.io/", "os/exec"}},
	"cmd/compare":        {module: []string{"manifests"}, never: []string{"os", "os/exec"}},
	"cmd/engines":        {module: []string{"cmd/settings", "runtime", "runtime/docker", "runtime/podman", "runtime/rootless", "translate/plan"}, never: []string{"k8s.io/", "sigs.k8s.io/"}},
	"cmd/host":           {module: []string{"cmd/settings", "manifests", "translate"}, never: []string{"k8s.io/", "sigs.k8s.io/", "os/exec"}},
	"cmd/printers":       {module: []string{"cmd/view"}, never: []string{"os/exec", "net", "net/http", "github.com/"}},
	"cmd/progress":       {module: []string{}, never: []string{"k8s.io/", "sigs.k8s.io/", "os/exec"}},
	"cmd/report":         {module: []string{"cmd/commandline", "cmd/progress", "runtime", "runtime/supervise", "translate/plan"}, never: []string{"k8s.io/", "sigs.k8s.io/", "os/exec"}},
	"cmd/settings":       {module: []string{"cmd/commandline", "cmd/progress"}, never: []string{"k8s.io/", "os/exec"}},
	"cmd/view":           {module: []string{"cmd/engines", "cmd/settings", "runtime", "runtime/supervise", "translate", "translate/plan"}, never: []string{"os/exec", "net", "net/http"}},
	"e2e":                {module: []string{}},
	"e2e/bench":          {module: []string{"runtime/pause"}},
	"manifests":          {module: []string{"manifests/parallel"}, never: []string{"os/exec"}},
	"manifests/parallel": {module: []string{}, never: []string{"os", "k8s.io/", "sigs.k8s.io/", "github.com/"}},
	"translate":          {module: []string{"manifests", "manifests/parallel", "translate/plan"}, never: []string{"os", "os/exec", "net", "net/http", "time"}},
	"translate/plan":     {module: []string{}, never: []string{"k8s.io/", "sigs.k8s.io/", "os", "os/exec", "net", "net/http", "time"}},
	"runtime":            {module: []string{"translate/plan"}, never: []string{"k8s.io/", "sigs.k8s.io/"}},
	"runtime/docker":     {module: []string{"runtime", "runtime/pause", "translate/plan"}, never: []string{"k8s.io/", "sigs.k8s.io/"}},
	"runtime/podman":     {module: []string{"runtime", "translate/plan"}, never: []string{"k8s.io/", "sigs.k8s.io/"}},
	"runtime/probe":      {module: []string{"runtime", "translate/plan"}, never: []string{"k8s.io/", "sigs.k8s.io/", "google.golang.org/"}},
	"runtime/rootless":   {module: []string{"translate/plan"}, never: []string{"k8s.io/", "sigs.k8s.io/", "os", "os/exec", "net"}},
	"runtime/supervise":  {module: []string{"runtime", "runtime/probe", "translate/plan"}, never: []string{"k8s.io/", "sigs.k8s.io/"}},
	"runtime/systemd":    {module: []string{"runtime", "translate/plan"}, never: []string{"k8s.io/", "sigs.k8s.io/"}},
	"runtime/pause":      {module: []string{}, never: []string{"k8s.io/", "sigs.k8s.io/", "os", "os/exec", "time"}},
}

func TestImportDirection(t *testing.T) {
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		folder := strings.TrimPrefix(p.ImportPath, module+"/")
		r, ok := ruleOf(folder)
		if !ok {
			t.Errorf("%s has no rule in this test: say what it may import", folder)
		}
		for _, imported := range p.Imports {
			if why := r.forbids(imported); why != "" {
				t.Errorf("%s imports %s: %s", folder, imported, why)
			}
		}
	}
}

func ruleOf(folder string) (rule, bool) {
	for ; folder != "."; folder = path.Dir(folder) {
		if r, ok := directions[folder]; ok {
			return r, true
		}
	}
	return rule{}, false
}

func (r rule) forbids(imported string) string {
	if own, ok := strings.CutPrefix(imported, module+"/"); ok {
		if slices.Contains(r.module, "*") || slices.Contains(r.module, own) {
			return ""
		}
		return "of this module it may import only " + strings.Join(append([]string{"itself"}, r.module...), ", ")
	}
	for _, never := range r.never {
		if imported == never || strings.HasSuffix(never, "/") && strings.HasPrefix(imported, never) {
			return "it must do without " + never
		}
	}
	return ""
}
