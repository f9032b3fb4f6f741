package runtime

// ExecOptions say how a command is run in a container.
type ExecOptions struct {
	// Stdin passes standard input on; TTY gives the command a terminal.
	Stdin, TTY bool
	// Mark is a variable, NAME=value, for the command's environment; empty for none.
	Mark string
}

// Exec is the command that runs another one in a container.
func (e Engine) Exec(container string, o ExecOptions, argv []string) Command {
	args := []string{"exec"}
	if o.Stdin {
		args = append(args, "--interactive")
	}
	if o.TTY {
		// Both runtimes keep back ctrl-p, which fetches a shell's last command, until they see the next key: their keys for
		// leaving begin with it. kubectl has none, so they are made ones that hardly anybody types.
		// And of the two docker alone says what kind of terminal it is, as a kubelet's runtime does.
		args = append(args, "--tty", "--detach-keys", "ctrl-^,ctrl-_,ctrl-^", "--env", "TERM=xterm")
	}
	if o.Mark != "" {
		args = append(args, "--env", o.Mark)
	}
	return e.command(append(append(args, container), argv...)...)
}
