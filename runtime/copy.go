package runtime

// CopyOut is the command that prints a file or directory of a container as a tar archive. Its entries
// begin with the name of what is copied.
func (e Engine) CopyOut(container, path string) Command {
	args := append([]string{"cp"}, e.Dialect.Features().CopyOut...)
	return e.command(append(args, container+":"+path, "-")...)
}

// CopyIn is the command that unpacks a tar archive from its standard input in a directory of a container.
func (e Engine) CopyIn(container, dir string) Command {
	args := append([]string{"cp"}, e.Dialect.Features().CopyIn...)
	return e.command(append(args, "-", container+":"+dir)...)
}
