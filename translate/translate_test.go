package translate_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/translate"
	"github.com/kubehost/kubehost/translate/plan"
)

var update = flag.Bool("update", false, "rewrite plan.txt and error.txt of testdata")

var host = translate.Host{StateDir: "/var/lib/kubehost", VolumeBaseDir: "/srv/volumes", Name: "node1", SeccompDir: "/etc/seccomp",
	IPs: []string{"192.0.2.10", "2001:db8::10"}, CPUs: 2, Memory: 4 << 30, Storage: 100 << 30,
	DNS: translate.ResolvConf{Nameservers: []string{"192.0.2.53", "127.0.0.53"}, Searches: []string{"corp.example"}, Options: []string{"timeout:1", "rotate"}}}

// TestGolden translates in.yaml of each archive, beside stored.yaml (applied earlier), and compares
// the problems with error.txt and, if none is an error, the plan's text with plan.txt. set.yaml in the
// place of in.yaml is given without being checked: what no manifest can bring about today.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) { golden(t, file) })
	}
}

func golden(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	in := input(archive)
	host := host
	host.EnvFiles = map[string]translate.EnvFile{}
	for _, f := range in {
		if name, ok := strings.CutPrefix(f.Name, "host/"); ok {
			host.EnvFiles["/"+name] = translate.EnvFile{Content: f.Data}
		}
	}
	got, problems := translate.Translate(load(t, in), host)
	out := &txtar.Archive{Comment: archive.Comment, Files: in}
	if text := problemText(problems); text != "" {
		out.Files = append(out.Files, txtar.File{Name: "error.txt", Data: []byte(text)})
	}
	if !problems.HasErrors() {
		out.Files = append(out.Files, txtar.File{Name: "plan.txt", Data: []byte(got.Text(plan.TextOptions{}))})
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(out), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(txtar.Format(archive)), string(txtar.Format(out))); diff != "" {
		t.Errorf("rewrite with -update if this is meant (-want +got):\n%s", diff)
	}
}

// input is the files of an archive that are not results.
func input(a *txtar.Archive) []txtar.File {
	var in []txtar.File
	for _, f := range a.Files {
		if f.Name != "plan.txt" && f.Name != "error.txt" {
			in = append(in, f)
		}
	}
	return in
}

func problemText(problems manifests.Problems) string {
	var b bytes.Buffer
	problems.Print(&b)
	return b.String()
}
