package runtime

import (
	"maps"
	"slices"

	"github.com/kubehost/kubehost/translate/plan"
)

// builder puts the steps of all pods into one graph.
type builder struct {
	desired  Desired
	observed Observed
	infra    InfraImage
	steps    Steps
	ids      map[string]bool
	// have are the containers of each pod, networks those that are there, pull the policy of each image.
	have     map[plan.Ref][]Container
	networks map[string]bool
	pull     map[string]plan.PullPolicy
	logins   map[string][]plan.Login // for each image those of all pods that use it
	// barrier is the ID of the step that all preparing steps come before; empty when nothing needs it.
	barrier string
	// left are the networks that a pod leaves.
	left map[string]bool
}

func newBuilder(d Desired, o Observed, infra InfraImage) *builder {
	b := &builder{desired: d, observed: o, infra: infra, ids: map[string]bool{}, have: map[plan.Ref][]Container{},
		networks: map[string]bool{}, pull: map[string]plan.PullPolicy{}, logins: map[string][]plan.Login{},
		left: map[string]bool{}}
	for _, c := range o.Containers {
		if c.Ours() {
			b.have[c.Ref] = append(b.have[c.Ref], c)
		}
	}
	for _, n := range o.Networks {
		b.networks[n.Name] = true
	}
	// The strongest policy that any container of the plan has for an image, so that it is handled once.
	order := []plan.PullPolicy{plan.PullNever, plan.PullIfNotPresent, plan.PullAlways}
	for _, p := range d.Plan.Pods {
		for _, u := range p.Units {
			b.pull[u.Image] = order[max(slices.Index(order, b.pull[u.Image]), slices.Index(order, u.Pull), 0)]
			for _, l := range u.Logins {
				if !slices.Contains(b.logins[u.Image], l) {
					b.logins[u.Image] = append(b.logins[u.Image], l)
				}
			}
		}
	}
	return b
}

// add appends a step, unless one with its ID is there. Needs that are no steps of the graph are dropped: they hold already.
func (b *builder) add(s Step) string {
	if !b.ids[s.ID] {
		b.ids[s.ID] = true
		s.Needs = slices.DeleteFunc(s.Needs, func(id string) bool { return !b.ids[id] })
		s.Needs = slices.Compact(slices.Sorted(slices.Values(s.Needs)))
		b.steps = append(b.steps, s)
	}
	return s.ID
}

// No Kubernetes name holds a colon, so no container called "sandbox" gets the ID of another step.
func podID(r plan.Ref, what string) string  { return r.String() + ":" + what }
func unitID(r plan.Ref, unit string) string { return r.String() + "/" + unit }
func volumeID(r plan.Ref, v string) string  { return podID(r, "volume/"+v) }
func userID(r plan.Ref, unit string) string { return podID(r, "user/"+unit) }
func seccompID(file string) string          { return "seccomp:" + file }
func imageID(image string) string           { return "image:" + image }
func networkID(name string) string          { return "network:" + name }

// selinuxID is empty for a container that asks nothing of SELinux.
func selinuxID(u plan.Unit) string {
	if u.Security.SELinux == (plan.SELinux{}) {
		return ""
	}
	return "selinux"
}

// prepare adds what can be done before anything running is touched: images, volumes, networks.
func (b *builder) prepare(w podWork) {
	if w.creates() && b.infra.Ref != "" {
		b.add(Step{ID: imageID(b.infra.Ref), Op: LoadInfra{b.infra}})
	}
	for _, u := range w.units {
		if !u.await {
			b.add(Step{ID: imageID(u.unit.Image), Op: EnsureImage{u.unit.Image, b.pull[u.unit.Image], b.logins[u.unit.Image]}})
			b.checks(w.pod.Ref, u.unit)
		}
	}
	if len(w.ports.free) > 0 {
		b.add(Step{ID: podID(w.pod.Ref, "ports"), Pod: w.pod.Ref, Op: CheckPorts{w.ports.free, w.pod.Sandbox.Network}})
	}
	for _, v := range w.pod.Volumes {
		_, write := w.files[v.Name]
		mounted := slices.ContainsFunc(w.units, func(u unitWork) bool {
			return slices.ContainsFunc(slices.Concat(u.unit.Mounts, u.unit.BlockDevices), func(m plan.Mount) bool { return m.Volume == v.Name })
		})
		// The content of a Files volume reaches containers that run: it waits for the barrier.
		if v.Kind != plan.Files && (w.creates() || mounted) {
			b.add(Step{ID: volumeID(w.pod.Ref, v.Name), Pod: w.pod.Ref, Op: MakeVolume{v, w.creates()}})
		} else if write && w.fresh {
			b.add(Step{ID: volumeID(w.pod.Ref, v.Name), Pod: w.pod.Ref, Op: MakeVolume{v, w.creates()}, Cause: w.files[v.Name]})
		}
	}
	if n := w.pod.Sandbox.Network; n != "" && w.creates() && !b.networks[n] {
		b.add(Step{ID: networkID(n), Op: CreateNetwork{n}, Cause: "not found"})
	}
}

// checks adds what must hold before the container is run, and before anything that stands in its way is removed.
func (b *builder) checks(r plan.Ref, u plan.Unit) {
	if needsUserCheck(u) {
		b.add(Step{ID: userID(r, u.Name), Pod: r, Op: CheckUser{r, u}, Needs: []string{imageID(u.Image)}})
	}
	if file := seccompFile(u); file != "" {
		b.add(Step{ID: seccompID(file), Op: CheckSeccomp{file}})
	}
	if id := selinuxID(u); id != "" {
		b.add(Step{ID: id, Op: CheckSELinux{}})
	}
}

// checked are the steps that look whether the container can be run.
func checked(r plan.Ref, u plan.Unit) []string {
	return []string{imageID(u.Image), userID(r, u.Name), seccompID(seccompFile(u)), selinuxID(u)}
}

// prepared adds the barrier, when a step needs it.
func (b *builder) prepared(work []podWork) {
	removes := len(b.desired.Remove)+len(b.desired.RemoveData) > 0
	if !removes && !slices.ContainsFunc(work, func(w podWork) bool { return w.touches() }) {
		return
	}
	s := Step{ID: "prepared", Op: Prepared{}}
	for _, before := range b.steps {
		switch before.Op.(type) {
		case EnsureImage, CheckUser, CheckSeccomp, CheckSELinux, LoadInfra, MakeVolume, CheckPorts:
			s.Needs = append(s.Needs, before.ID)
		}
	}
	if len(s.Needs) > 0 {
		b.barrier = b.add(s)
	}
}

// pod adds the steps of one pod.
func (b *builder) pod(w podWork) {
	p := w.pod
	for _, v := range p.Volumes {
		if cause, ok := w.files[v.Name]; ok {
			b.add(Step{ID: volumeID(p.Ref, v.Name), Pod: p.Ref, Op: MakeVolume{v, w.creates()}, Cause: cause, Needs: []string{b.barrier}})
		}
	}
	if w.creates() {
		b.sandbox(w)
	}
	if len(w.extra) > 0 {
		b.add(Step{ID: podID(p.Ref, "extra"), Pod: p.Ref, Op: RemoveContainers{stop(w.extra, nil)},
			Cause: "no longer in the manifest", Needs: []string{b.barrier}})
	}
	b.etc(w)
	// Init containers and sidecars one after another, an init container up to its end, a sidecar up to its
	// start; then the main ones at once.
	var inits []string
	for _, u := range w.units {
		last := b.unit(w, u, inits)
		if u.unit.Role != plan.Main {
			inits = []string{last}
		}
	}
}

// old adds the removal of what there is of a pod that is replaced: early, when another pod waits for a port of it.
func (b *builder) old(w podWork) {
	if !w.creates() || w.fresh {
		return
	}
	b.add(Step{ID: podID(w.pod.Ref, "remove"), Pod: w.pod.Ref, Op: removePod(w.have, nil), Cause: w.replace, Needs: []string{b.barrier}})
	b.leave(w.have)
}

// sandbox adds the steps that replace or make a pod's sandbox.
func (b *builder) sandbox(w podWork) {
	p := w.pod
	// A pod that is new touches nothing that runs: it does not wait for what other pods lack.
	needs := []string{imageID(b.infra.Ref), networkID(p.Sandbox.Network)}
	b.old(w)
	needs = append(needs, b.started(p.Needs)...)
	needs = append(append(needs, podID(p.Ref, "remove"), podID(p.Ref, "ports")), w.ports.after...)
	// A sandbox without its containers would hold ports and a name for nothing, so it waits for images and volumes.
	for _, u := range w.units {
		needs = append(needs, checked(p.Ref, u.unit)...)
	}
	for _, v := range p.Volumes {
		needs = append(needs, volumeID(p.Ref, v.Name))
	}
	b.add(Step{ID: podID(p.Ref, "sandbox"), Pod: p.Ref, Op: CreateSandbox{p}, Cause: w.replace, Needs: needs})
}

// etc adds the step that writes the containers' files in /etc, before any of them starts.
func (b *builder) etc(w podWork) {
	p := w.pod
	if slices.ContainsFunc(w.units, func(u unitWork) bool { return !u.await }) {
		b.add(Step{ID: podID(p.Ref, "etc"), Pod: p.Ref, Op: WriteEtc{p}, Needs: []string{podID(p.Ref, "sandbox"), b.barrier}})
	}
}

// unit adds the steps that run one container and returns the ID of the last.
func (b *builder) unit(w podWork, u unitWork, inits []string) string {
	p, id := w.pod, unitID(w.pod.Ref, u.unit.Name)
	if u.await {
		return b.add(Step{ID: id, Pod: p.Ref, Op: AwaitContainer{u.unit.ID, u.unit.Name}, Cause: u.cause, Needs: inits})
	}
	// After a change of the sandbox only what is not implied by it: text that people read.
	needs := append([]string{podID(p.Ref, "etc")}, inits...)
	if !w.creates() {
		needs = append(append(needs, checked(p.Ref, u.unit)...), podID(p.Ref, "extra"))
		for _, m := range slices.Concat(u.unit.Mounts, u.unit.BlockDevices) {
			needs = append(needs, volumeID(p.Ref, m.Volume))
		}
	}
	replace := u.old != nil && u.old.Replaceable
	if u.old != nil && !replace {
		needs = append(needs, b.add(Step{ID: id + ":remove", Pod: p.Ref, Op: RemoveContainers{stop([]Container{*u.old}, nil)},
			Cause: u.cause, Needs: append([]string{b.barrier}, inits...)}))
	}
	return b.add(Step{ID: id, Pod: p.Ref, Op: RunContainer{Pod: p, Unit: u.unit, Replace: replace}, Cause: u.cause, Needs: needs})
}

// removal adds the step that removes a pod.
func (b *builder) removal(r Removal) {
	if have := b.have[r.Ref]; len(have) > 0 {
		b.add(Step{ID: podID(r.Ref, "remove"), Pod: r.Ref, Op: removePod(have, r.Grace), Needs: []string{b.barrier}})
		b.leave(have)
	}
	if r.Network != "" {
		b.left[r.Network] = true
	}
}

// filesLeft adds the steps that remove what kubehost keeps for removed pods. Each is the last of its pod: what
// is kept tells an interrupted removal, when it is run again, of the network, which no container may be left to tell of.
func (b *builder) filesLeft() {
	for _, r := range b.desired.Remove {
		if r.Dir == "" {
			continue
		}
		needs := []string{b.barrier, podID(r.Ref, "remove")}
		for _, n := range slices.Sorted(maps.Keys(b.left)) {
			needs = append(needs, networkID(n)+":remove")
		}
		b.add(Step{ID: podID(r.Ref, "files"), Pod: r.Ref, Op: RemoveFiles{r.Dir}, Needs: needs})
	}
}

// removeData removes claims only once no pod that goes can write to them any more.
func (b *builder) removeData() {
	for _, dir := range b.desired.RemoveData {
		needs := []string{b.barrier}
		for _, r := range b.desired.Remove {
			needs = append(needs, podID(r.Ref, "remove"))
		}
		b.add(Step{ID: "data:" + dir, Op: RemoveClaim{dir}, Needs: needs})
	}
}

func (b *builder) leave(have []Container) {
	for _, c := range have {
		if c.Role == RoleInfra && c.Network != "" {
			b.left[c.Network] = true
		}
	}
}

// networksLeft adds the removal of networks of ours whose last pod has gone.
func (b *builder) networksLeft(work []podWork) {
	gone := map[plan.Ref]bool{}
	for _, r := range b.desired.Remove {
		gone[r.Ref] = true
	}
	used := map[string]bool{}
	for _, w := range work {
		used[w.pod.Sandbox.Network] = true
		gone[w.pod.Ref] = true
	}
	for _, c := range b.observed.Containers {
		if c.Role == RoleInfra && !gone[c.Ref] {
			used[c.Network] = true
		}
	}
	for _, n := range b.observed.Networks {
		if !n.Managed || !b.left[n.Name] || used[n.Name] {
			continue
		}
		s := Step{ID: networkID(n.Name) + ":remove", Op: RemoveNetwork{n.Name}, Cause: "its last pod left"}
		for _, before := range b.steps {
			if _, ok := before.Op.(RemovePod); ok {
				s.Needs = append(s.Needs, before.ID)
			}
		}
		b.add(s)
	}
}

func stop(containers []Container, grace *int64) Stop {
	s := Stop{Grace: grace}
	for _, c := range containers {
		s.All = append(s.All, c.Name)
		// No signal reaches a paused one: podman refuses to stop it, docker waits in vain.
		if c.Up() && c.State != Paused && c.Role != RoleInfra {
			s.Running = append(s.Running, c.Name)
		}
	}
	return s
}

// StopPodSteps end the containers of a pod that has no supervisor.
func StopPodSteps(r plan.Ref, o Observed, grace *int64) Steps {
	op, ours := StopPod{}, []Container{}
	for _, c := range o.Containers {
		if c.Ref != r {
			continue
		}
		ours = append(ours, c)
		if c.Role == RoleInfra && c.Up() {
			op.Infra = c.Name
		}
	}
	op.Stop = stop(ours, grace)
	return Steps{{ID: podID(r, "stop"), Pod: r, Op: op}}
}

func removePod(have []Container, grace *int64) RemovePod {
	op := RemovePod{Stop: stop(have, grace)}
	for _, c := range have {
		if c.PodName != "" {
			op.ID = c.PodName
		}
	}
	return op
}
