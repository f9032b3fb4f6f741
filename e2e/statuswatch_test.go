package e2e

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/kubehost/kubehost/runtime/supervise"
)

// statusWatch reads a pod's status over and over.
type statusWatch struct {
	quit  chan struct{}
	wrong chan error
}

// watchStatus makes sure that at every moment the status can be read, and that no count goes down.
func watchStatus(s supervise.Station) *statusWatch {
	w := &statusWatch{quit: make(chan struct{}), wrong: make(chan error, 1)}
	go w.watch(s)
	return w
}

func (w *statusWatch) watch(s supervise.Station) {
	restarts := map[string]int{}
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		m, err := s.Memory()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			w.wrong <- err
			return
		}
		for name, before := range restarts {
			if u := m.Units[name]; u == nil || u.Restarts < before {
				w.wrong <- fmt.Errorf("%s had been restarted %d times, and now is %+v", name, before, u)
				return
			}
		}
		for name, u := range m.Units {
			restarts[name] = u.Restarts
		}
		select {
		case <-w.quit:
			return
		case <-tick.C:
		}
	}
}

// err is what was wrong so far.
func (w *statusWatch) err() error {
	select {
	case err := <-w.wrong:
		return err
	default:
		return nil
	}
}

func (w *statusWatch) stop() { close(w.quit) }
