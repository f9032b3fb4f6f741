package main

import (
	"fmt"
	"os"
	"syscall"

	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/runtime/systemd"
	"github.com/kubehost/kubehost/translate/plan"
)

// notifySocket is the variable by which systemd says where it listens. It is taken out of the environment: podman would
// give it to containers.
const notifySocket = "NOTIFY_SOCKET"

// service tells systemd how the pod is.
type service struct {
	*program
	systemd.Notifier
	// ready says that the pod was ready once: the service has started. reloading says that a reload is not done yet.
	ready, reloading bool
	line             string
}

var _ supervise.Watcher = (*service)(nil)

func (p *program) newService() *service {
	s := &service{program: p, Notifier: systemd.Notifier{Socket: p.getenv(notifySocket)}}
	_ = os.Unsetenv(notifySocket) // fails for no name that is one
	return s
}

func (s *service) send(states ...string) {
	if err := s.Send(states...); err != nil {
		s.note("<4>systemd cannot be told that %v: %v", states, err)
	}
}

// Reloading is told to a service that has started only: before, systemd takes it for a start that is over.
func (s *service) Reloading() {
	if !s.ready {
		return
	}
	states, err := systemd.Reloading()
	if err != nil {
		s.note("<4>%v", err)
		return
	}
	s.reloading = true
	s.send(states...)
}

// Seen tells the pod's condition where it is another.
func (s *service) Seen(p *plan.Pod, m supervise.Memory) {
	var states []string
	if line := m.Line(p); line != s.line {
		s.line = line
		states = append(states, systemd.Status(line))
	}
	begun := m.Ready(p) || m.Over && m.Phase == supervise.Succeeded
	if begun && !s.ready || s.reloading {
		s.ready, s.reloading = true, false
		states = append(states, systemd.Ready)
	}
	s.send(states...)
}

// log is an event as a line for the journal, which reads the level in front of it.
func (s *service) log(e supervise.Event) {
	level := 6
	if e.Warning {
		level = 4
	}
	s.note("<%d>%s", level, e)
}

// replaced says whether another kubehost stands where the one of this process did.
func replaced(self string) (func() bool, error) {
	running, err := os.Stat("/proc/self/exe")
	if err != nil {
		return nil, err
	}
	return func() bool {
		now, err := os.Stat(self)
		return err == nil && !os.SameFile(running, now)
	}, nil
}

// renew goes on in this process as the kubehost that stands here now. The containers do not notice, nor does systemd.
func (p *program) renew(self, socket string) error {
	env := os.Environ()
	if socket != "" {
		env = append(env, notifySocket+"="+socket)
	}
	return fmt.Errorf("%s cannot be run: %w", self, syscall.Exec(self, os.Args, env))
}
