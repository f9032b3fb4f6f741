package plan

// Options are additional options of a container's run command, each as "--name=value", in order.
type Options struct {
	Both   []string `json:"both,omitempty"`
	Docker []string `json:"docker,omitempty"`
	Podman []string `json:"podman,omitempty"`
}

// Need is what a pod is started after: a container that was started, or without a name all main
// containers of the pod.
type Need struct {
	Pod       Ref    `json:"pod"`
	Container string `json:"container,omitempty"`
}

// String is the need as "shop/db" or "shop/db/postgres".
func (n Need) String() string {
	if n.Container == "" {
		return n.Pod.String()
	}
	return n.Pod.String() + "/" + n.Container
}

func (t *text) options(o Options) {
	for _, list := range []struct {
		what    string
		options []string
	}{{"option", o.Both}, {"option of docker", o.Docker}, {"option of podman", o.Podman}} {
		for _, option := range list.options {
			t.line(2, "%s %q", list.what, option)
		}
	}
}
