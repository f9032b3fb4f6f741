package supervise

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// What is remembered of a pod that was ended as asked outlives the boot, until the pod lives again.
func TestRest(t *testing.T) {
	ref := plan.Ref{Namespace: "default", Name: "web"}
	s := &Supervisor{Store: runtime.Store{Dir: t.TempDir()}, Station: Station{Dir: t.TempDir(), Ref: ref}}
	if err := os.MkdirAll(s.Store.PodDir(ref), 0o700); err != nil {
		t.Fatal(err)
	}
	p := &process{Supervisor: s}
	end := func(m Memory) {
		t.Helper()
		p.memory, p.awake = m, false
		p.saved, _ = json.Marshal(m)
		if err := p.rest(); err != nil {
			t.Fatal(err)
		}
	}
	kept := func() bool { _, err := os.Stat(s.restFile()); return err == nil }

	end(Memory{Sandbox: "1", Over: true, Phase: Succeeded})
	if kept() {
		t.Error("a pod that has done its work was kept as one that was ended")
	}
	end(Memory{Sandbox: "2", Ending: &Ending{Why: Asked}})
	if m := s.remembered(""); m.Sandbox != "2" {
		t.Errorf("remembered %+v", m)
	}
	p.memory = Memory{Ending: &Ending{Why: Replace}}
	if p.wake(); !kept() {
		t.Error("forgotten before the old pod is gone")
	}
	p.memory = Memory{}
	if p.wake(); kept() || s.remembered("").Sandbox != "" {
		t.Error("the pod lives, and is remembered as ended")
	}

	// One that its deadline has ended is not to run again, whatever the clock says after the boot.
	over := Memory{Sandbox: "4", Over: true, Phase: Failed, Reason: deadlineExceeded}
	end(over)
	p.memory = over
	if p.wake(); s.remembered("").Sandbox != "4" {
		t.Error("a pod that ran out of time is forgotten")
	}
	p.memory = Memory{}
	if p.wake(); kept() {
		t.Error("the pod lives, and is remembered as over")
	}

	// The status of this boot counts before all else.
	end(Memory{Sandbox: "2", Ending: &Ending{Why: Asked}})
	if err := os.MkdirAll(s.Station.Dir+"/default/web", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.Station.save([]byte(`{"sandbox": "3"}`)); err != nil {
		t.Fatal(err)
	}
	if m := s.remembered(""); m.Sandbox != "3" {
		t.Errorf("remembered %+v", m)
	}

	// A pod that was deleted meanwhile leaves nothing behind.
	if err := os.RemoveAll(s.Store.PodDir(ref)); err != nil {
		t.Fatal(err)
	}
	if end(Memory{Ending: &Ending{Why: Asked}}); kept() {
		t.Error("the directory of a deleted pod is there again")
	}
}

// TestWish: who starts the service of a stopped pod wants it again, but not before it has come to rest.
func TestWish(t *testing.T) {
	ref := plan.Ref{Namespace: "default", Name: "web"}
	s := &Supervisor{Store: runtime.Store{Dir: t.TempDir()}, Station: Station{Dir: t.TempDir(), Ref: ref}}
	dir := s.Store.PodDir(ref)
	stopped := func() bool {
		t.Helper()
		if err := s.Wish(); err != nil {
			t.Fatal(err)
		}
		w, err := ReadWanted(dir)
		if err != nil {
			t.Fatal(err)
		}
		return w.Stopped
	}
	if stopped() {
		t.Error("stopped though nobody asked for it")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := (Wanted{Stopped: true}).Write(dir); err != nil {
		t.Fatal(err)
	}
	if !stopped() {
		t.Error("a supervisor that was killed on the way does not stop the pod")
	}
	if err := runtime.ReplaceFile(s.restFile(), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if stopped() {
		t.Error("still stopped though its service was started")
	}
}
