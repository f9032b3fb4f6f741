package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/compare"
)

// TestExternalDiff: another program sees the same versions, each in a directory, and its exit code counts.
func TestExternalDiff(t *testing.T) {
	all := []compare.Pair{{Name: "v1.ConfigMap.a.b", Live: []byte("one\n"), Merged: []byte("two\n")}, {Name: "v1.Pod.a.b", Merged: []byte("new\n")}}
	for _, test := range []struct {
		program string
		want    string
		differs bool
		code    int
	}{
		{"diff -N -u --label=live --label=merged", "-one\n+two\n", true, 0},
		{"ls -1", "LIVE:\nv1.ConfigMap.a.b\n", false, 0},
		{"ls --no-such-flag", "", false, 2},
		{"no-such-program", "", false, 2},
	} {
		var out bytes.Buffer
		p := &program{stdin: strings.NewReader(""), stdout: &out, stderr: t.Output(), getenv: func(name string) string {
			return map[string]string{"KUBEHOST_EXTERNAL_DIFF": test.program, "KUBECTL_EXTERNAL_DIFF": "false"}[name]
		}}
		differs, err := p.printComparisons(t.Context(), all, p.otherDiff())
		if differs != test.differs || (err != nil) != (test.code != 0) || !strings.Contains(out.String(), test.want) {
			t.Errorf("%s: %v, %v\n%s", test.program, differs, err, out.String())
		}
	}
}

func TestDiffExitCodes(t *testing.T) {
	answering(t, "docker")
	store := applied(t, nil)
	for words, want := range map[string]int{"diff": exitTrouble, "diff -f /nobody/made/this": exitTrouble, "diff -f x --no-such-flag": exitTrouble} {
		p := &program{stdin: strings.NewReader(""), stdout: t.Output(), stderr: t.Output(), getenv: func(string) string { return "" }}
		if got := p.main(append([]string{"kubehost", "--state-dir", store.Dir}, strings.Fields(words)...)); got != want {
			t.Errorf("%s: exit code %d, want %d", words, got, want)
		}
	}
	// What docker says of its containers cannot be had.
	p := &program{stdin: strings.NewReader("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: i:1}]}\n"),
		stdout: t.Output(), stderr: t.Output(), getenv: func(string) string { return "" }}
	err := commandline.Run(t.Context(), p.app(), []string{"diff", "--state-dir", store.Dir, "--supervisor", "none", "-f", "-"})
	var exit *commandline.ExitError
	if !errors.As(err, &exit) || exit.Code != exitTrouble {
		t.Errorf("got %v", err)
	}
}
