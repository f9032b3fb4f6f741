package translate

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	v1 "k8s.io/api/core/v1"

	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/translate/plan"
)

// EnvFile is a file of the host that an env-files annotation names, as it was found.
type EnvFile struct {
	Content []byte
	// Problem says why it could not be read; Missing that it is not there.
	Problem string
	Missing bool
}

// EnvFiles are the paths of all files that the pods name, each once: what must be read for [Host.EnvFiles].
func EnvFiles(set *manifests.Set) []string {
	var paths []string
	seen := map[string]bool{}
	for _, o := range set.Pods {
		for _, m := range members(&o.Value.Spec) {
			for _, f := range envFiles(o.Value, m) {
				if !seen[f.Path] {
					seen[f.Path] = true
					paths = append(paths, f.Path)
				}
			}
		}
	}
	return paths
}

func envFiles(pod *v1.Pod, m member) []manifests.EnvFile {
	value, ok := pod.Annotations[manifests.AnnotationEnvFiles+m.Name]
	if !ok {
		return nil
	}
	files, _ := manifests.ParseEnvFiles(value) // checked before
	return files
}

// addEnvFiles adds the variables of host files: they come first, so that all that a manifest says itself wins. Whoever
// keeps them outside of the manifest has a reason: they are taken for secrets.
func (p *podTranslator) addEnvFiles(env *environment, m member) {
	_, at, _ := p.annotation(manifests.AnnotationEnvFiles + m.Name)
	for _, f := range envFiles(p.Pod, m) {
		file, read := p.host.EnvFiles[f.Path]
		switch {
		case f.Optional && (file.Missing || !read):
			continue
		case !read || file.Problem != "":
			problem := file.Problem
			if !read {
				problem = "it was not read"
			}
			note := p.fail
			if p.host.Elsewhere {
				note = p.warn
			}
			note(at, "make it, or write -"+f.Path+" if it may be missing", "%s: %s", f.Path, problem)
			continue
		}
		vars, err := parseEnvFile(file.Content)
		if err != nil {
			p.fail(at, "lines are NAME=value, comments begin with #", "%s: %v", f.Path, err)
		}
		for _, v := range vars {
			p.checkValue(at, v.Name, v.Value)
			p.setSecret(env, at, v)
		}
	}
}

// parseEnvFile reads lines as docker's --env-file and "kubectl create configmap --from-env-file" do: nothing is unquoted or
// expanded. A name alone, which both would take from their own environment, is refused. No value is ever repeated in an error.
func parseEnvFile(content []byte) ([]plan.EnvVar, error) {
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	var vars []plan.EnvVar
	number := 0
	for line := range strings.Lines(string(content)) {
		number++
		line = strings.TrimLeft(strings.TrimRight(line, "\r\n"), " \t")
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		switch {
		case !ok:
			return nil, fmt.Errorf("line %d has no =", number)
		case strings.HasPrefix(name, "export "):
			return nil, fmt.Errorf("line %d is a shell's: leave out export", number)
		case name == "" || strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsPrint(r) || r == ' ' }):
			return nil, fmt.Errorf("line %d has no name of a variable before the =", number)
		}
		vars = append(vars, plan.EnvVar{Name: name, Value: value, Secret: true})
	}
	return vars, nil
}
