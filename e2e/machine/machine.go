package machine

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Config says what a machine is to be.
type Config struct {
	// Control is a directory for the agent's socket and the console's log, which is removed with the machine. Its path must
	// be short enough for a socket's name, 108 bytes.
	Control string
	// Binds are files and directories of this machine, by their path inside; those inside are read-only.
	Binds map[string]string
	// Files are written into the root before the first boot, by path. Those in the user's home are the user's.
	Files map[string]string
	// Enable are units to start at boot.
	Enable []string
	// User is the name of a user without privileges, who has subordinate ids and may keep services running
	// when logged out.
	User string
}

// UserID is the uid and gid of Config.User.
const UserID = 4242

// Machine is a host that was started here. Its methods are for one goroutine at a time.
type Machine struct {
	config Config
	keeper *exec.Cmd
	asks   io.WriteCloser
	says   *bufio.Reader
	holder int
}

// Usable says why this machine cannot run another, or nil.
func Usable() error {
	if os.Geteuid() != 0 {
		return errors.New("only root can boot a host")
	}
	for program, pkg := range map[string]string{"systemd-nspawn": "systemd-container", "dbus-daemon": "dbus-user-session"} {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Errorf("%s is not installed\nhint: apt-get install %s", program, pkg)
		}
	}
	return nil
}

// Start makes a machine, which is not booted yet.
func Start(ctx context.Context, c Config) (*Machine, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, keeperRole, c.Control)
	// Ctrl-C in a terminal ends the program and not the one that cleans up after it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Stderr = os.Stderr
	asks, err1 := cmd.StdinPipe()
	says, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2, cmd.Start()); err != nil {
		return nil, err
	}
	m := &Machine{config: c, keeper: cmd, asks: asks, says: bufio.NewReader(says)}
	r, err := m.ask(ctx, request{Do: "make", Config: &c})
	if err != nil {
		m.Close()
		return nil, err
	}
	m.holder = r.PID
	return m, nil
}

// Boot boots a machine that is off, and returns as soon as it takes commands.
func (m *Machine) Boot(ctx context.Context) error {
	if _, err := m.ask(ctx, request{Do: "boot"}); err != nil {
		return err
	}
	for {
		_, err := m.Run(ctx, Command{Argv: []string{"true"}})
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the host does not come up: %w\n%s", err, m.console())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Reboot shuts down in order, and boots.
func (m *Machine) Reboot(ctx context.Context) error {
	if err := m.PowerOff(ctx); err != nil {
		return err
	}
	return m.Boot(ctx)
}

// PowerOff shuts down in order.
func (m *Machine) PowerOff(ctx context.Context) error {
	// The host may be gone before the answer is here.
	if _, err := m.Run(ctx, Command{Argv: []string{"systemctl", "poweroff"}}); err != nil && ctx.Err() != nil {
		return err
	}
	_, err := m.ask(ctx, request{Do: "wait"})
	return err
}

// PowerCut kills everything inside at once.
func (m *Machine) PowerCut(ctx context.Context) error {
	_, err := m.ask(ctx, request{Do: "cut"})
	return err
}

// Cgroup is the name of its control groups, at the top of each hierarchy.
func (m *Machine) Cgroup() string { return cgroupName(m.keeper.Process.Pid) }

// Root is the path of the machine's root, as this program sees it.
func (m *Machine) Root() string { return fmt.Sprintf("/proc/%d/root%s", m.holder, rootDir) }

// Journal is the end of what the last boot wrote, also of a machine that is off.
func (m *Machine) Journal(lines int) string {
	out, err := exec.Command("journalctl", "--directory", m.Root()+"/var/log/journal", "--boot", "--no-pager", "--output", "short-precise",
		"--lines", fmt.Sprint(lines)).CombinedOutput()
	if err != nil {
		return fmt.Sprintf("%s%v", out, err)
	}
	return string(out)
}

// Close ends the machine at once, and returns when nothing is left of it.
func (m *Machine) Close() error {
	_ = m.asks.Close()
	_, _ = io.Copy(io.Discard, m.says)
	return m.keeper.Wait()
}

func (m *Machine) console() string {
	b, err := os.ReadFile(filepath.Join(m.config.Control, "console"))
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(b))
}

// request is what the holder is told, and answer what it says, each a line of JSON.
type request struct {
	Do     string // make, boot, wait, cut
	Config *Config
}

type answer struct {
	PID   int
	Error string
}

// ask tells the holder to do one thing and waits for it. A machine that did not answer in time is of no more use.
func (m *Machine) ask(ctx context.Context, r request) (answer, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return answer{}, err
	}
	stop := context.AfterFunc(ctx, func() { _ = m.asks.Close() })
	defer stop()
	var a answer
	if _, err = m.asks.Write(append(b, '\n')); err == nil {
		if b, err = m.says.ReadBytes('\n'); err == nil {
			err = json.Unmarshal(b, &a)
		}
	}
	switch {
	case ctx.Err() != nil:
		return a, fmt.Errorf("machine: %s: %w\n%s", r.Do, context.Cause(ctx), m.console())
	case err != nil:
		return a, fmt.Errorf("machine: %s: the holder has ended: %w", r.Do, err)
	case a.Error != "":
		return a, fmt.Errorf("machine: %s: %s", r.Do, a.Error)
	}
	return a, nil
}
