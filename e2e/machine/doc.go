// Package machine runs a second host on this one: systemd as PID 1 of a container that systemd-nspawn boots from this
// machine's own file system, so that what starts at boot can be tested with real reboots and power cuts.
//
//	m, err := machine.Start(ctx, machine.Config{Control: dir, Enable: []string{"docker.service"}})
//	defer m.Close()
//	err = m.Boot(ctx)
//	res, err := m.Run(ctx, machine.Command{Argv: []string{"docker", "ps"}})
//	err = m.PowerCut(ctx)
//	err = m.Boot(ctx) // with the files of before
//
// Nothing of it may outlive the program that started it, however that ends, and nothing of this machine may
// change. So these are processes of their own, all of the program's own binary, which calls Main first thing:
//
//	program ── keeper ── holder ── enter, which becomes systemd-nspawn ── systemd ── agent
//
// The holder is PID 1 of a PID namespace and has a mount namespace, in which all mounts are made. It ends when its standard
// input does, which is when the program ends, and with it the kernel ends all of the namespace and undoes the mounts.
// The keeper then removes the control groups and the control directory, which the kernel does not. The agent runs inside and takes commands
// through a socket in the control directory.
//
// The root is an overlay of "/" with a tmpfs on top. Directories of which the machine's content is no concern of a
// test's host are hidden; those in which runtimes make overlays of their own are plain directories on the tmpfs.
package machine
