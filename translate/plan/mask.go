package plan

import (
	"maps"
	"slices"
)

// Masked is a copy that shares nothing with the plan, with "***" for each value that comes from
// a Secret: for output. Its hashes are not those of the plan.
func (p Plan) Masked() Plan {
	p.Networks = slices.Clone(p.Networks)
	p.Pods = slices.Clone(p.Pods)
	for i := range p.Pods {
		p.Pods[i].mask()
	}
	return p
}

func (p *Pod) mask() {
	p.Labels = maps.Clone(p.Labels)
	p.ActiveDeadline = clone(p.ActiveDeadline)
	p.FSGroup = clone(p.FSGroup)
	p.Needs = slices.Clone(p.Needs)
	p.Sandbox = p.Sandbox.clone()
	p.Volumes = slices.Clone(p.Volumes)
	for i := range p.Volumes {
		p.Volumes[i].mask()
	}
	p.Units = slices.Clone(p.Units)
	for i := range p.Units {
		p.Units[i].mask()
	}
}

func (v *Volume) mask() {
	v.Group = clone(v.Group)
	v.Logins = maskLogins(v.Logins)
	v.Files = slices.Clone(v.Files)
	for i := range v.Files {
		f := &v.Files[i]
		f.Content = slices.Clone(f.Content)
		if f.Secret {
			f.Content = []byte(mask)
		}
	}
}

func (u *Unit) mask() {
	u.Logins = maskLogins(u.Logins)
	u.Options = Options{slices.Clone(u.Options.Both), slices.Clone(u.Options.Docker), slices.Clone(u.Options.Podman)}
	u.Command = slices.Clone(u.Command)
	u.Args = slices.Clone(u.Args)
	u.Mounts = slices.Clone(u.Mounts)
	u.BlockDevices = slices.Clone(u.BlockDevices)
	u.Env = slices.Clone(u.Env)
	for i := range u.Env {
		if u.Env[i].Secret {
			u.Env[i].Value = mask
		}
	}
	u.Lifecycle = u.Lifecycle.clone()
	u.Identity.Groups = slices.Clone(u.Identity.Groups)
	for _, id := range []**int64{&u.Identity.User, &u.Identity.Group} {
		if *id != nil {
			*id = new(**id)
		}
	}
	u.Security.AddCapabilities = slices.Clone(u.Security.AddCapabilities)
	u.Security.DropCapabilities = slices.Clone(u.Security.DropCapabilities)
	u.Resources.Devices = slices.Clone(u.Resources.Devices)
}

func maskLogins(logins []Login) []Login {
	logins = slices.Clone(logins)
	for i := range logins {
		if logins[i].Password != "" {
			logins[i].Password = mask
		}
	}
	return logins
}

func hasPassword(logins []Login) bool {
	return slices.ContainsFunc(logins, func(l Login) bool { return l.Password != "" })
}

// HasSecrets says whether anything in the plan comes from a Secret, and so is masked by [Plan.Masked].
func (p Plan) HasSecrets() bool {
	for _, pod := range p.Pods {
		for _, v := range pod.Volumes {
			if slices.ContainsFunc(v.Files, func(f File) bool { return f.Secret }) || hasPassword(v.Logins) {
				return true
			}
		}
		for _, u := range pod.Units {
			if slices.ContainsFunc(u.Env, func(e EnvVar) bool { return e.Secret }) ||
				hasPassword(u.Logins) {
				return true
			}
		}
	}
	return false
}
