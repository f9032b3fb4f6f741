package runtime

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kubehost/kubehost/translate/plan"
)

// damage replaces a file of a store the way no program of ours does.
func damage(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func twoPods(t *testing.T) (s Store, web, db plan.Ref) {
	t.Helper()
	s, web, db = storeDir(t), ref("default", "web"), ref("default", "db")
	for _, r := range []plan.Ref{web, db} {
		if err := s.SavePod(StoredPod{Ref: r, Runtime: "podman", Manifest: stored("Pod", r), Plan: simplePod(r.Namespace, r.Name)}); err != nil {
			t.Fatal(err)
		}
	}
	return s, web, db
}

// TestDamagedPlan: a plan that cannot be understood concerns no other pod, and is mended from the manifest.
func TestDamagedPlan(t *testing.T) {
	whole, err := os.ReadFile(func() string { s, _, db := twoPods(t); return s.planFile(db) }())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"empty": "", "zeros": strings.Repeat("\x00", 64), "cut off": string(whole[:len(whole)-9]), "nothing": "null",
		"of another type": `["pod"]`, "of another pod": string(whole),
	} {
		t.Run(name, func(t *testing.T) {
			s, web, db := twoPods(t)
			damage(t, s.planFile(web), content)
			pods, err := s.Pods()
			damaged := DamagedIn(err)
			if len(pods) != 1 || pods[0].Ref != db || len(damaged) != 1 || damaged[0].Pod != web {
				t.Fatalf("%v, %v", pods, err)
			}
			for _, want := range []string{s.planFile(web) + " is damaged: ", "\n  hint: kubehost apply -f " + Quote(s.manifestFile(web))} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v\nlacks %q", err, want)
				}
			}
			p, err := s.Pod(web)
			if diff := cmp.Diff(StoredPod{Ref: web, Manifest: stored("Pod", web)}, p, cmpopts.IgnoreUnexported(StoredPod{})); diff != "" || DamagedIn(err) == nil {
				t.Error(err, diff)
			}
			of, err := s.Runtimes()
			if has, there := of[web]; !there || err != nil || of[db] != "podman" || name != "of another pod" && has != "" {
				t.Error(of, err)
			}
			if err := s.SavePod(StoredPod{Ref: web, Runtime: "podman", Manifest: p.Manifest, Plan: simplePod(web.Namespace, web.Name)}); err != nil {
				t.Fatal(err)
			}
			if pods, err := s.Pods(); len(pods) != 2 || err != nil {
				t.Error(pods, err)
			}
		})
	}
}

// TestDamagedManifest: who goes by the plan does not need it; a plan that is damaged, too, cannot be mended with it.
func TestDamagedManifest(t *testing.T) {
	s, web, db := twoPods(t)
	damage(t, s.manifestFile(web), "{}")
	if p, err := s.Pod(web); err != nil || p.Plan.Ref != web {
		t.Error(p, err)
	}
	if pods, err := s.Pods(); len(pods) != 1 || pods[0].Ref != db || len(DamagedIn(err)) != 1 || DamagedIn(err)[0].File != s.manifestFile(web) {
		t.Error(pods, err)
	}
	if all, err := s.Manifests(); len(all) != 1 || !bytes.Equal(all[0], stored("Pod", db)) || len(DamagedIn(err)) != 1 {
		t.Errorf("%q, %v", all, err)
	}
	damage(t, s.planFile(web), "")
	if _, err := s.Pod(web); err == nil || !strings.HasSuffix(err.Error(), "hint: apply the manifest of the pod again") {
		t.Error(err)
	}
}

// TestDamagedObject: what was kept of a Secret may be all that there is of it.
func TestDamagedObject(t *testing.T) {
	s := storeDir(t)
	a, b := ref("default", "a"), ref("default", "b")
	save := func(r plan.Ref) string {
		aside, err := s.SetAside("Secret", r)
		if err == nil {
			err = s.SaveObject("Secret", r, stored("Secret", r))
		}
		if err != nil {
			t.Fatal(err)
		}
		return aside
	}
	save(a)
	save(b)
	file := s.objectFile("Secret", a)
	for n, content := range []string{`{"kind":"Secret","data":{"key":"c2Vz`, ""} {
		damage(t, file, content)
		all, err := s.Objects()
		if len(all) != 1 || !bytes.Equal(all[0], stored("Secret", b)) || len(DamagedIn(err)) != 1 || !strings.HasPrefix(err.Error(), file+" is damaged: ") {
			t.Errorf("%q, %v", all, err)
		}
		if err != nil && strings.Contains(err.Error(), "c2Vz") {
			t.Error("a value of a Secret:", err)
		}
		aside := save(a)
		if want := file + []string{".damaged-1", ".damaged-2"}[n]; aside != want {
			t.Fatalf("kept as %q, want %q", aside, want)
		}
		kept, err := os.ReadFile(aside)
		info, statErr := os.Stat(aside)
		if string(kept) != content || err != nil || statErr != nil || info.Mode() != fs.FileMode(0o600) {
			t.Errorf("%q, %v, %v", kept, info, err)
		}
		if all, err := s.Objects(); len(all) != 2 || err != nil {
			t.Errorf("%q, %v", all, err)
		}
		if aside := save(a); aside != "" {
			t.Error("kept though it is whole:", aside)
		}
	}
	if files, _ := filepath.Glob(globQuote(filepath.Dir(file)) + "/*"); len(files) != 4 {
		t.Error(files)
	}
}
