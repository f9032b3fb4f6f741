package commandline

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

// The exit codes of all commands but diff and exec, which have their own besides.
const (
	ExitFailed = 1 // something could not be done
	ExitUsage  = 2 // the command line or a manifest is wrong; nothing was touched
)

// ExitError ends the program with a code. What there was to say has been said when Err is nil.
type ExitError struct {
	// Code is the exit code, at most 255.
	Code int
	// Err is what the program prints.
	Err error
}

func (e *ExitError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit status %d", e.Code)
	}
	return e.Err.Error()
}

func (e *ExitError) Unwrap() error { return e.Err }

// Usage is a mistake on the command line of a command, with the place where the right words stand.
func Usage(c *cli.Context, format string, args ...any) error {
	// Not by Mistake: the compiler would put this into each of the many places that call it, 8 kB of program.
	return &ExitError{ExitUsage, fmt.Errorf(format+"\n  hint: see %q", append(args, "kubehost "+c.Command.Name+" --help")...)}
}

// Mistake is an error in what the user gave, with [ExitUsage]: nothing was touched. The arguments are those of fmt.Errorf.
func Mistake(format string, args ...any) error {
	return &ExitError{ExitUsage, fmt.Errorf(format, args...)}
}
