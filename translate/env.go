package translate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/translate/plan"
)

// environment is the declared environment of a container while it grows.
type environment struct {
	// vars hold each name once, where it was declared first, with the value it was given last.
	vars []plan.EnvVar
	at   map[string]int
}

func (e *environment) set(v plan.EnvVar) {
	if i, ok := e.at[v.Name]; ok {
		e.vars[i] = v
		return
	}
	e.at[v.Name] = len(e.vars)
	e.vars = append(e.vars, v)
}

// expand expands s against what is declared so far. It names the variables that it
// took secrets from.
func (e *environment) expand(s string) (value string, secrets []string) {
	value = expand(s, func(name string) (string, bool) {
		i, ok := e.at[name]
		if !ok {
			return "", false
		}
		if e.vars[i].Secret && !slices.Contains(secrets, name) {
			secrets = append(secrets, name)
		}
		return e.vars[i].Value, true
	})
	return value, secrets
}

// environment is built as by the kubelet: first envFrom, where a later source wins, then
// env in its order, where a value sees only what was declared before it.
func (p *podTranslator) environment(m member) *environment {
	env := &environment{at: make(map[string]int, len(m.Env))}
	p.addEnvFiles(env, m)
	for i := range m.EnvFrom {
		p.addSource(env, m.at.Child("envFrom").Index(i), &m.EnvFrom[i])
	}
	for i := range m.Env {
		p.addVar(env, m.at.Child("env").Index(i), m, &m.Env[i])
	}
	return env
}

// addSource adds all keys of a ConfigMap's data or of a Secret, sorted: the plan must not
// depend on the order of a map. A ConfigMap's binaryData is no environment.
func (p *podTranslator) addSource(env *environment, at *field.Path, from *v1.EnvFromSource) {
	switch {
	case from.ConfigMapRef != nil:
		cm, _ := p.configMap(at.Child("configMapRef"), from.ConfigMapRef.Name, from.ConfigMapRef.Optional)
		for _, key := range slices.Sorted(maps.Keys(cm.Data)) {
			p.checkValue(at, from.Prefix+key, cm.Data[key])
			env.set(plan.EnvVar{Name: from.Prefix + key, Value: cm.Data[key]})
		}
	case from.SecretRef != nil:
		secret, _ := p.secret(at.Child("secretRef"), from.SecretRef.Name, from.SecretRef.Optional)
		for _, key := range slices.Sorted(maps.Keys(secret.Data)) {
			p.checkValue(at, from.Prefix+key, string(secret.Data[key]))
			p.setSecret(env, at, plan.EnvVar{Name: from.Prefix + key, Value: string(secret.Data[key]), Secret: true})
		}
	}
}

func (p *podTranslator) addVar(env *environment, at *field.Path, m member, v *v1.EnvVar) {
	if v.ValueFrom == nil {
		p.checkValue(at, v.Name, v.Value)
		value, secrets := env.expand(v.Value)
		p.setSecret(env, at, plan.EnvVar{Name: v.Name, Value: value, Secret: len(secrets) > 0})
		return
	}
	// Without the value (optional, and not there) the variable stays unset, or as it was: it is not emptied.
	if value, secret, ok := p.valueFrom(at.Child("valueFrom"), m, v.ValueFrom); ok {
		if f := v.ValueFrom.FieldRef; f == nil || !strings.HasPrefix(f.FieldPath, "status.") {
			p.checkValue(at, v.Name, value)
		}
		p.setSecret(env, at, plan.EnvVar{Name: v.Name, Value: value, Secret: secret})
	}
}

// setSecret sets a variable that may be secret. Secrets reach a runtime's command as lines of an env-file, or where they
// cannot, by its environment, from which it takes for the container what it is told to. Of some names it obeys what it finds there.
func (p *podTranslator) setSecret(env *environment, at *field.Path, v plan.EnvVar) {
	if v.Secret && v.Obeyed() && !v.IsLine() {
		p.fail(at, "write it in one line, without the pod's addresses, or mount it as a file of a volume",
			"the secret value of %s is not one line of text below %d bytes: docker and podman take such a value from their own environment, and obey %s there",
			v.Name, plan.MaxEnvLine, v.Name)
	}
	env.set(v)
}

// checkValue refuses what no environment, or no JSON of a runtime, can hold. It is asked for each value of a manifest
// before it is used: what kubehost itself puts in for late values does hold a NUL. The value may be secret: it
// is not repeated.
func (p *podTranslator) checkValue(at *field.Path, name, value string) {
	const hint = "mount it as a file of a volume instead"
	switch {
	case strings.ContainsRune(value, 0):
		p.fail(at, hint, "the value of %s holds a NUL byte, which ends an environment variable", name)
	case !utf8.ValidString(value):
		p.fail(at, hint, "the value of %s is not UTF-8 text, as an environment variable must be", name)
	}
}

// valueFrom looks up a value. It is not ok where an optional reference leads
// nowhere, and where a problem was noted.
func (p *podTranslator) valueFrom(at *field.Path, m member, from *v1.EnvVarSource) (value string, secret, ok bool) {
	switch {
	case from.ConfigMapKeyRef != nil:
		value, ok = p.configMapKey(at.Child("configMapKeyRef"), from.ConfigMapKeyRef)
		return value, false, ok
	case from.SecretKeyRef != nil:
		value, ok = p.secretKey(at.Child("secretKeyRef"), from.SecretKeyRef)
		return value, true, ok
	case from.FieldRef != nil:
		value, ok = p.fieldRef(at.Child("fieldRef"), from.FieldRef)
		return value, false, ok
	case from.ResourceFieldRef != nil:
		value, ok = p.resourceFieldRef(at.Child("resourceFieldRef"), from.ResourceFieldRef, m.Container)
		return value, false, ok
	}
	p.fail(at, "", "this source of a value is not supported")
	return "", false, false
}

func (p *podTranslator) configMapKey(at *field.Path, ref *v1.ConfigMapKeySelector) (string, bool) {
	cm, found := p.configMap(at, ref.Name, ref.Optional)
	value, ok := cm.Data[ref.Key]
	if found && !ok {
		hint := ""
		if _, binary := cm.BinaryData[ref.Key]; binary {
			hint = "the key is in binaryData, which only volumes show"
		}
		p.missingKey(at, ref.Optional, hint, ref.Key, "ConfigMap", ref.Name)
	}
	return value, ok
}

func (p *podTranslator) secretKey(at *field.Path, ref *v1.SecretKeySelector) (string, bool) {
	secret, found := p.secret(at, ref.Name, ref.Optional)
	value, ok := secret.Data[ref.Key]
	if found && !ok {
		p.missingKey(at, ref.Optional, "", ref.Key, "Secret", ref.Name)
	}
	return string(value), ok
}

// configMap finds what a reference names. When nothing is there, an empty one stands for it.
func (p *podTranslator) configMap(at *field.Path, name string, optional *bool) (cm *v1.ConfigMap, found bool) {
	cm, found = p.configMaps[plan.Ref{Namespace: p.ref.Namespace, Name: name}]
	if !found {
		p.missing(at, optional, "ConfigMap", name)
		cm = &v1.ConfigMap{}
	}
	return cm, found
}

// secret is as configMap, for Secrets.
func (p *podTranslator) secret(at *field.Path, name string, optional *bool) (secret *v1.Secret, found bool) {
	secret, found = p.secrets[plan.Ref{Namespace: p.ref.Namespace, Name: name}]
	if !found {
		p.missing(at, optional, "Secret", name)
		secret = &v1.Secret{}
	}
	return secret, found
}

func (p *podTranslator) missing(at *field.Path, optional *bool, kind, name string) {
	if optional == nil || !*optional {
		p.fail(at, fmt.Sprintf("apply the %s together with the pod", kind),
			"there is no %s %q in namespace %q", kind, name, p.ref.Namespace)
	}
}

func (p *podTranslator) missingKey(at *field.Path, optional *bool, hint, key, kind, name string) {
	if optional == nil || !*optional {
		p.fail(at.Child("key"), hint, "there is no key %q in %s %q", key, kind, name)
	}
}
