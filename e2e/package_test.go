package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestPackage builds the packages, and runs what is in them.
func TestPackage(t *testing.T) {
	if _, err := exec.LookPath("dpkg-deb"); err != nil && os.Getenv("CI") == "" {
		t.Skip("not tested: dpkg-deb is not installed")
	}
	make := exec.Command("make", "--no-print-directory", "-C", "..", "package")
	out, err := make.Output()
	if err != nil {
		t.Fatalf("make package: %v\n%s", err, stderrOf(err))
	}
	files := strings.Fields(string(out))
	if len(files) != 2 {
		t.Fatalf("make package printed %q", out)
	}
	deb, tar := filepath.Join("..", files[0]), filepath.Join("..", files[1])
	root := t.TempDir()
	for _, c := range [][]string{{"dpkg-deb", "-x", deb, root}, {filepath.Join(root, "usr/bin/kubehost"), "version"},
		{"bash", "-n", filepath.Join(root, "usr/share/bash-completion/completions/kubehost")}} {
		if out, err := exec.Command(c[0], c[1:]...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", strings.Join(c, " "), err, out)
		}
	}
	inTar := lines(t, "tar", "-tzf", tar)
	inDeb := lines(t, "sh", "-c", "dpkg-deb --fsys-tarfile \"$1\" | tar -t | sed 's|^\\./||'", "sh", deb)
	inDeb = slices.DeleteFunc(inDeb, func(s string) bool { return s == "" })
	// Debian's zsh looks in another directory than most for what packages bring.
	for i, name := range inDeb {
		inDeb[i] = strings.Replace(name, "share/zsh/vendor-completions/", "share/zsh/site-functions/", 1)
		if name == inDeb[i] && strings.HasSuffix(name, "/_kubehost") {
			t.Errorf("the deb has %s", name)
		}
	}
	slices.Sort(inTar)
	slices.Sort(inDeb)
	if !slices.Equal(inTar, inDeb) {
		t.Errorf("the tar has %v\nthe deb has %v", inTar, inDeb)
	}
	for _, want := range []string{"usr/bin/kubehost", "usr/share/man/man1/kubehost.1.gz", "usr/share/man/man1/kubehost-apply.1.gz",
		"usr/share/zsh/site-functions/_kubehost", "usr/share/fish/vendor_completions.d/kubehost.fish", "usr/share/doc/kubehost/LICENSE"} {
		if !slices.Contains(inTar, want) {
			t.Errorf("%s is not in it", want)
		}
	}
}

func lines(t *testing.T, name string, args ...string) []string {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, stderrOf(err))
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

func stderrOf(err error) string {
	if e, ok := err.(*exec.ExitError); ok {
		return string(e.Stderr)
	}
	return ""
}
