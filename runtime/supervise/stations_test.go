package supervise

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

func TestStations(t *testing.T) {
	dir := t.TempDir()
	if found, err := Stations(filepath.Join(dir, "none")); found != nil || err != nil {
		t.Errorf("without a directory: %v, %v", found, err)
	}
	for _, f := range []string{"shop/web/status.json", "shop/web/supervisor", "default/gone/supervisor.log", "other/tool/status.json", "other/tool/data", "other/file"} {
		if err := runtime.ReplaceFile(filepath.Join(dir, f), nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "other/empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	found, err := Stations(dir)
	var got []string
	for _, s := range found {
		got = append(got, s.Ref.String())
	}
	if diff := cmp.Diff([]string{"default/gone", "shop/web"}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestLeave(t *testing.T) {
	store := runtime.Store{Dir: t.TempDir()}
	station := func(name string) Station {
		s := Station{Dir: t.TempDir(), Ref: plan.Ref{Namespace: "shop", Name: name}}
		if err := runtime.ReplaceFile(s.file("status.json"), nil); err != nil {
			t.Fatal(err)
		}
		return s
	}
	gone, kept, supervised := station("gone"), station("kept"), station("supervised")
	if err := store.SavePod(runtime.StoredPod{Ref: kept.Ref, Plan: plan.Pod{Ref: kept.Ref}}); err != nil {
		t.Fatal(err)
	}
	release, err := supervised.Enter()
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	for _, s := range []Station{gone, kept, supervised} {
		left, err := s.Leave(store)
		_, statErr := os.Stat(s.file("status.json"))
		if left != (s == gone) || left != os.IsNotExist(statErr) || err != nil {
			t.Errorf("%s: left %v, %v; its status: %v", s.Ref.Name, left, err, statErr)
		}
	}
}

// full lets a file of the station be one on a disk that is full, until room is called.
func full(t *testing.T, s Station, name string) (room func()) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(s.file(name)), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/full", s.file(name)); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(s.file(name)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
}

func TestWritable(t *testing.T) {
	s := Station{Dir: t.TempDir(), Ref: plan.Ref{Namespace: "shop", Name: "web"}}
	if err := s.Writable(); err != nil {
		t.Errorf("before there is a supervisor: %v", err)
	}
	full(t, s, "room")
	if err := s.Writable(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("full: %v", err)
	}
	if err := s.Writable(); err != nil {
		t.Errorf("with room: %v", err)
	}
	if left, err := os.ReadDir(filepath.Dir(s.file("room"))); len(left) > 0 || err != nil {
		t.Errorf("left: %v, %v", left, err)
	}
}

// TestUnsavedStatus: a status that cannot be written is tried again, and what is in the way is said once.
func TestUnsavedStatus(t *testing.T) {
	var logged []string
	s := &Supervisor{Station: Station{Dir: t.TempDir(), Ref: plan.Ref{Namespace: "shop", Name: "web"}}, Log: func(e Event) { logged = append(logged, e.Reason) }}
	p := &process{Supervisor: s, hash: "new"}
	room := full(t, s.Station, "status.json.new")
	p.tell()
	p.tell()
	if diff := cmp.Diff([]string{"FailedStatus"}, logged); diff != "" || p.again().IsZero() {
		t.Errorf("again at %s; log (-want +got):\n%s", p.again(), diff)
	}
	room()
	p.tell()
	if m, err := s.Station.Memory(); m.Plan != "new" || err != nil || !p.again().IsZero() {
		t.Errorf("%+v, %v; again at %s", m, err, p.again())
	}
}

// TestWritten: each status is told from the one before, also when it says the same.
func TestWritten(t *testing.T) {
	s := Station{Dir: t.TempDir(), Ref: plan.Ref{Namespace: "default", Name: "web"}}
	release, err := s.Enter()
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	before := s.Written()
	if before != "" {
		t.Errorf("there is no status, but it is %q", before)
	}
	for range 3 {
		if err := s.save([]byte("{}")); err != nil {
			t.Fatal(err)
		}
		if now := s.Written(); now == before || s.Still(before) || s.Still("") || !s.Still(now) {
			t.Errorf("%q after %q", now, before)
		} else {
			before = now
		}
	}
}
