package runtime_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/runtime"
)

func sh(script string) runtime.Command { return runtime.Command{Argv: []string{"sh", "-c", script}} }

func TestExec(t *testing.T) {
	t.Setenv("KUBEHOST_TEST_ENV", "inherited")
	with := func(c runtime.Command, env []string, stdin string) runtime.Command {
		c.Env, c.Stdin = env, []byte(stdin)
		return c
	}
	tests := []struct {
		name           string
		command        runtime.Command
		code           int
		stdout, stderr string
	}{
		{"output", sh("echo out; echo err >&2"), 0, "out\n", "err\n"},
		{"status", sh("exit 42"), 42, "", ""},
		{"signal", sh("kill -9 $$"), -1, "", ""},
		{"environment", with(sh(`echo "$KUBEHOST_TEST_ENV $ADDED"`), []string{"ADDED=a\nb"}, ""), 0, "inherited a\nb\n", ""},
		{"environment replaced", with(sh(`echo "$KUBEHOST_TEST_ENV"`), []string{"KUBEHOST_TEST_ENV=new"}, ""), 0, "new\n", ""},
		{"stdin", with(sh("cat"), nil, "given"), 0, "given", ""},
		{"no stdin", sh("cat"), 0, "", ""},
		{"group of its own", sh(`[ "$(cut -d' ' -f5 /proc/$$/stat)" = $$ ] || echo no`), 0, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			res, err := runtime.Exec{}.Run(t.Context(), test.command)
			if err != nil {
				t.Fatal(err)
			}
			if res.Code != test.code || string(res.Stdout) != test.stdout || string(res.Stderr) != test.stderr {
				t.Errorf("got %d %q %q", res.Code, res.Stdout, res.Stderr)
			}
		})
	}
}

func TestExecMissing(t *testing.T) {
	_, err := runtime.Exec{}.Run(t.Context(), runtime.Command{Argv: []string{filepath.Join(t.TempDir(), "none")}})
	if err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("got %v", err)
	}
	_, err = runtime.Exec{}.Run(t.Context(), runtime.Command{Argv: []string{"kubehost-no-such-command"}})
	if !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// TestExecCancel ends a command and its children with SIGTERM, and waits for what they do then.
func TestExecCancel(t *testing.T) {
	ready := filepath.Join(t.TempDir(), "ready")
	if out, err := exec.Command("mkfifo", ready).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		exec.Command("cat", ready).Run() // until the command has set its traps
		cancel(cause)
	}()
	// Both the shell and its child say what reached them; without the signal they would stay for a minute.
	script := `trap 'wait; echo parent; exit' TERM
		sh -c 'trap "echo child; exit" TERM; echo >` + ready + `; sleep 60 & wait' & wait`
	res, err := runtime.Exec{}.Run(ctx, sh(script))
	if !errors.Is(err, cause) {
		t.Errorf("got %v", err)
	}
	lines := strings.Fields(string(res.Stdout))
	slices.Sort(lines)
	if diff := cmp.Diff([]string{"child", "parent"}, lines); diff != "" {
		t.Error(diff)
	}
}

func TestExecBound(t *testing.T) {
	const mib = 1 << 20
	res, err := runtime.Exec{}.Run(t.Context(), sh("head -c 70000000 /dev/zero"))
	if err != nil || res.Code != 0 || len(res.Stdout) != 64*mib {
		t.Errorf("kept %d bytes, status %d: %v", len(res.Stdout), res.Code, err)
	}
}

// TestQuote sends random words through a real shell.
func TestQuote(t *testing.T) {
	words := []string{"", " ", "'", "''", `"`, `\`, "$HOME", "$(id)", "`id`", "a\nb", "\n", "-n", "--", "~", "*", "?[a]", "{a,b}", "a=b", "=a",
		"#c", "!", "é", "\xff", "%s", "&", ";", "|", "<", ">", "\t", "\r", "if", "A='b c'"}
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		b := make([]byte, r.IntN(8))
		for i := range b {
			if b[i] = byte(1 + r.IntN(255)); r.IntN(2) == 0 {
				b[i] = "'\"\\$ -=\n`"[r.IntN(9)]
			}
		}
		words = append(words, string(b))
	}
	var script bytes.Buffer
	script.WriteString("printf '%s\\0'")
	for _, w := range words {
		script.WriteString(" " + runtime.Quote(w))
	}
	cmd := exec.Command("sh")
	cmd.Stdin = &script
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	if diff := cmp.Diff(words, got); diff != "" {
		t.Error(diff)
	}
}

func TestCommandText(t *testing.T) {
	tests := []struct {
		command       runtime.Command
		masked, shell string
	}{
		{runtime.Command{Argv: []string{"docker", "ps"}}, "docker ps", "docker ps"},
		{runtime.Command{Argv: []string{"docker", "run", "a b"}, Env: []string{"A=it's", "B="}},
			`A='***' B='***' docker run 'a b'`, `A='it'\''s' B='' docker run 'a b'`},
		{runtime.Command{Argv: []string{"docker"}, Env: []string{"A=1", "my.var=a=b", "a b=c"}},
			`env A='***' my.var='***' 'a b'='***' docker`, `env A=1 my.var=a=b 'a b'=c docker`},
		{runtime.Command{Argv: []string{"docker"}, Stdin: []byte("A=secret\n")}, "docker", "docker"},
	}
	for _, test := range tests {
		if got := test.command.Masked(); got != test.masked {
			t.Errorf("masked: got %s", got)
		}
		if got := test.command.Shell(); got != test.shell {
			t.Errorf("shell: got %s", got)
		}
	}
}

func TestCommandError(t *testing.T) {
	c := runtime.Command{Argv: []string{"podman", "run", "it's"}, Env: []string{"TOKEN=secret"}}
	stderr := []byte("one\ntwo\r\n\nthree\n4\n5\n6\n7\n8\nnine\n\n")
	tests := []struct {
		err  runtime.CommandError
		want string
	}{
		{runtime.CommandError{Command: c, Result: runtime.Result{Code: 125, Stderr: stderr}}, `exit status 125
  command: TOKEN='***' podman run 'it'\''s'
  | two
  | three
  | 4
  | 5
  | 6
  | 7
  | 8
  | nine`},
		{runtime.CommandError{Command: c, Result: runtime.Result{Code: -1}}, "ended by a signal\n  command: TOKEN='***' podman run 'it'\\''s'"},
		{runtime.CommandError{Command: c, Err: context.Canceled}, "context canceled\n  command: TOKEN='***' podman run 'it'\\''s'"},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, test.err.Error()); diff != "" {
			t.Error(diff)
		}
	}
	if !errors.Is(&tests[2].err, context.Canceled) {
		t.Error("the cause is lost")
	}
}

func TestOutputs(t *testing.T) {
	out, err := runtime.Outputs(t.Context(), runtime.Exec{}, sh("echo a"), sh("echo b"))
	if err != nil || string(out[0])+string(out[1]) != "a\nb\n" {
		t.Errorf("got %q, %v", out, err)
	}
	var failed *runtime.CommandError
	if _, err = runtime.Outputs(t.Context(), runtime.Exec{}, sh("echo a"), sh("exit 3")); !errors.As(err, &failed) || failed.Result.Code != 3 {
		t.Errorf("got %v", err)
	}
	seen := runtime.Quote(filepath.Join(t.TempDir(), "seen"))
	again := sh("test -e " + seen + " || { : > " + seen + "; echo 'pod (id 48) in state: no such pod' >&2; exit 125; }")
	if _, err = runtime.Outputs(t.Context(), runtime.Exec{}, again); err != nil {
		t.Errorf("what passes by itself: %v", err)
	}
}

// A command that is to end with kubehost does so even when that is killed; another runs on.
func TestMortalCommands(t *testing.T) {
	const mortal = "KUBEHOST_TEST_MORTAL"
	if words := os.Getenv(mortal); words != "" {
		_, err := runtime.Exec{}.Run(t.Context(), runtime.Command{Argv: []string{"sh", "-c", `echo $$ >"$0"; exec sleep 60`, os.Getenv("KUBEHOST_TEST_FILE")}, Mortal: words == "yes"})
		t.Fatalf("it was not killed: %v", err)
	}
	for _, words := range []string{"yes", "no"} {
		file := filepath.Join(t.TempDir(), "pid")
		parent := exec.Command(os.Args[0], "-test.run=^TestMortalCommands$")
		parent.Env = append(os.Environ(), mortal+"="+words, "KUBEHOST_TEST_FILE="+file)
		if err := parent.Start(); err != nil {
			t.Fatal(err)
		}
		pid := 0
		eventually(t, "the command runs", func() bool {
			b, _ := os.ReadFile(file)
			pid, _ = strconv.Atoi(strings.TrimSpace(string(b)))
			return pid > 0
		})
		if err := parent.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = parent.Wait()
		if words == "no" {
			if err := syscall.Kill(pid, 0); err != nil {
				t.Errorf("it ended with its parent: %v", err)
			}
			_ = syscall.Kill(pid, syscall.SIGKILL)
			continue
		}
		eventually(t, "the command ends", func() bool { return gone(pid) })
	}
}

// gone says whether a process has ended. Nobody may have asked yet what became of it.
func gone(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || strings.Contains(string(stat), ") Z ")
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline:
			t.Fatalf("not so: %s", what)
		case <-tick.C:
		}
	}
}
