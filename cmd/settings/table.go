package settings

// Row is what the pages say of one setting, and by which names users know it.
type Row struct {
	// Key is its name in the configuration file.
	Key string
	// Flag is its flag without dashes, empty when it has none. Of are the commands that have it; nil are all that work with pods.
	Flag string
	Of   []string
	// Env is its variable in the environment, empty when it has none.
	Env string
	// Short is what it is in three words, Meaning what it does.
	Short, Meaning string
	// Values are what it takes, Default what holds without it, Example one that is not the default.
	Values, Default, Example string
}

// Table is all settings, in the order in which they are listed.
func Table() []Row {
	const dir = "an absolute path; a flag or variable also takes one relative to the current directory"
	return []Row{
		{Key: "runtime", Flag: flagRuntime, Env: "KUBEHOST_RUNTIME", Short: "runtime",
			Meaning: "What runs the containers of new pods. A pod stays with the runtime that it was applied with, and all commands find it there; to change that, delete it and apply it again. A command that names another one with the flag does nothing.",
			Values:  "docker, podman or auto", Default: "`auto`: the one that all pods are with, else docker, then podman, the first that answers", Example: "podman"},
		{Key: "volumeBaseDir", Flag: flagVolumeDir, Env: "KUBEHOST_VOLUME_DIR", Short: "directory of claims",
			Meaning: "Holds a directory for each namespace, or kubehost.dev/volume-subdir, and in it one for each claim. Data is not moved when it is changed.",
			Values:  dir, Default: "`/var/lib/kubehost/volumes`, `$XDG_DATA_HOME/kubehost/volumes`", Example: "/srv/volumes"},
		{Key: "stateDir", Flag: FlagStateDir, Env: "KUBEHOST_STATE_DIR", Short: "state",
			Meaning: "Holds what was applied, and the files of ConfigMaps, Secrets and emptyDirs; readable by its owner only.",
			Values:  dir, Default: "`/var/lib/kubehost`, `$XDG_STATE_HOME/kubehost`", Example: "/srv/kubehost"},
		{Key: "seccompDir", Flag: flagSeccomp, Env: "KUBEHOST_SECCOMP_DIR", Short: "seccomp profiles",
			Meaning: "Holds the profiles that securityContext.seccompProfile.localhostProfile names.",
			Values:  dir, Default: "`<state>/seccomp`", Example: "/etc/kubehost/seccomp"},
		{Key: "supervisor", Flag: "supervisor", Of: []string{"apply", "diff"}, Env: "KUBEHOST_SUPERVISOR", Short: "supervisor",
			Meaning: "Who keeps pods running: a process of kubehost for each pod, as a service of systemd or detached; with none the runtime's own restart policy, and then nobody makes probes, runs hooks or keeps deadlines.",
			Values:  "systemd, detached or none", Default: "`systemd` where it manages services, else `detached`", Example: "none"},
		{Key: "progress", Flag: flagProgress, Of: []string{"apply", "delete", "wait", "start", "stop", "restart", "prune"}, Env: "KUBEHOST_PROGRESS", Short: "progress",
			Meaning: "How standard error shows what is done: tty as lines for images, pods and containers that stay up to date, plain as a line for each thing that matters, json as an object in each line, quiet not at all: errors and warnings only. More in [progress.md](progress.md).",
			Values:  progressModes(), Default: "`auto`: `tty` on a terminal that can move its cursor, else `plain`", Example: "plain"},
		{Key: "autoPrune", Short: "pruning",
			Meaning: "When images and leftovers that no pod uses are removed, as `kubehost prune` does: by a timer of systemd, which the next `kubehost apply` or `kubehost prune` makes, changes or removes.",
			Values:  "daily, weekly, never, or a calendar event of systemd such as `Sun 03:00`", Default: "`never`", Example: "weekly"},
	}
}

// configKeys are the settings that a configuration file may hold.
func configKeys() []string {
	var keys []string
	for _, s := range Table() {
		keys = append(keys, s.Key)
	}
	return keys
}
