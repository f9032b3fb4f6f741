package translate

import (
	"path"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/translate/plan"
)

// unit is one container of the pod.
func (p *podTranslator) unit(m member) plan.Unit {
	env := p.environment(m)
	p.checkNUL(m.at.Child("workingDir"), m.WorkingDir)
	if m.WorkingDir != "" && !path.IsAbs(m.WorkingDir) {
		p.fail(m.at.Child("workingDir"), "write it from the root: /"+m.WorkingDir, "%q is not an absolute path", m.WorkingDir)
	}
	image := p.image(m)
	return plan.Unit{
		Name:       m.Name,
		ID:         p.unitID(m.Name),
		Role:       m.role,
		Image:      image,
		Pull:       plan.PullPolicy(m.ImagePullPolicy),
		Logins:     p.loginsFor(image),
		Command:    p.words(m.at.Child("command"), m.Command, env),
		Args:       p.words(m.at.Child("args"), m.Args, env),
		WorkingDir: m.WorkingDir,
		Env:        env.vars,
		Options:    p.options(m),
		Mounts:     p.mounts(m, env),

		BlockDevices: p.blockDevices(m),
		Identity:     p.identity(m),
		Security:     p.security(m),
		Resources:    p.resources(m),
		Terminal:     plan.Terminal{Stdin: m.Stdin, TTY: m.TTY},
		Lifecycle:    p.lifecycle(m, env),
		StopSignal:   stopSignal(m),
	}
}

// words expands command or args against the whole environment of the container.
func (p *podTranslator) words(at *field.Path, words []string, env *environment) []string {
	if len(words) == 0 {
		return nil
	}
	expanded := make([]string, len(words))
	for i, word := range words {
		p.checkNUL(at.Index(i), word) // what takes the place of $(NAME) was checked, or is a late value
		value, secrets := env.expand(word)
		if len(secrets) > 0 {
			// The command line of a container is in the runtime's argv, in `ps` of
			// the host and in every inspect: no place for a secret.
			p.fail(at.Index(i), shellHint(secrets[0]),
				"the value of a Secret would get into the command line, through $(%s)", strings.Join(secrets, "), $("))
		}
		expanded[i] = value
	}
	return expanded
}

func shellHint(variable string) string {
	return "leave the variable to a shell in the container: sh -c 'exec app --option=\"$" + variable + "\"'"
}

// checkNUL refuses what JSON and YAML can hold and no argument of a command can: the
// runtime's own command line would fail, and by then others would have run.
func (p *podTranslator) checkNUL(at *field.Path, s string) {
	if strings.ContainsRune(s, 0) {
		p.fail(at, "", "holds a NUL byte, which no command line or path can hold")
	}
}
