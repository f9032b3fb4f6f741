package supervise

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kubehost/kubehost/runtime"
)

// restFile holds, beside the plan, the memory of a pod that was ended as asked, or by its deadline. Without it a pod that was ended by the
// shutdown of the host could not be told, after the boot, from one that has done its work; and one whose deadline is over
// would run again on a host whose clock is behind after it.
const restFile = "ended.json"

// remembered is the memory that the supervisor before has left in this boot; what cannot be read is no more than forgotten.
func (s *Supervisor) remembered(boot string) Memory {
	if m, err := s.Station.Memory(); !errors.Is(err, fs.ErrNotExist) && (err != nil || m.Boot == boot) {
		return m
	}
	var m Memory
	b, err := os.ReadFile(s.restFile())
	if err != nil || json.Unmarshal(b, &m) != nil {
		return Memory{}
	}
	return m
}

func (s *Supervisor) restFile() string { return filepath.Join(s.Store.PodDir(s.Station.Ref), restFile) }

// Rested says whether the pod was ended as asked, or by its deadline, and has not lived again since.
func (s *Supervisor) Rested() bool {
	_, err := os.Stat(s.restFile())
	return err == nil
}

// rest ends the supervisor of a pod that is over, or was ended as asked.
func (p *process) rest() error {
	e := p.memory.Ending
	asked := e != nil && e.Why == Asked
	if !asked && !p.memory.ranOut() {
		return nil
	}
	if _, err := os.Stat(filepath.Dir(p.restFile())); err != nil {
		return nil // it was deleted meanwhile
	}
	if err := runtime.ReplaceFile(p.restFile(), p.saved); err != nil && asked {
		return err
	}
	return nil // without it the clock tells, after a boot, that the time is over
}

// ranOut says whether the pod was ended by its deadline.
func (m Memory) ranOut() bool { return m.Over && m.Reason == deadlineExceeded }

// wake forgets the rest of a pod that lives again. It stays as long as the pod is still to be brought down for that.
func (p *process) wake() {
	if p.memory.Ending == nil && !p.memory.ranOut() && !p.awake {
		err := os.Remove(p.restFile())
		p.awake = err == nil || errors.Is(err, fs.ErrNotExist)
	}
}

// Wish takes back that the pod is to be stopped, for one who starts its service. A supervisor that was killed before the
// pod had come to rest goes on with its end.
func (s *Supervisor) Wish() error {
	dir := s.Store.PodDir(s.Station.Ref)
	w, err := ReadWanted(dir)
	if err != nil || !w.Stopped {
		return err
	}
	if !s.Rested() {
		return nil
	}
	w.Stopped, w.Removed, w.Grace = false, false, nil
	return w.Write(dir)
}
