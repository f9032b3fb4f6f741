package translate

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/distribution/reference"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/translate/plan"
)

// scope is what a login is for, as Secrets write it: a host of which each part may hold "*", a port, and the
// beginning of a repository's path.
type scope struct{ host, port, path string }

// scopedLogin is a login of the pod, for all images within its scope.
type scopedLogin struct {
	scope
	plan.Login
}

// logins are those of the pod in the order in which the kubelet would try them
// (pkg/credentialprovider/keyring.go): what is more to the point first.
func (p *podTranslator) logins() []scopedLogin {
	var all []scopedLogin
	for i, ref := range p.Spec.ImagePullSecrets {
		at := field.NewPath("spec", "imagePullSecrets").Index(i).Child("name")
		all = append(all, p.secretLogins(at, ref.Name)...)
	}
	value, at, _ := p.annotation(manifests.AnnotationRegistryLogin)
	fromFiles, err := manifests.ParseRegistryLogins(value)
	if err != nil {
		p.fail(at, "", "%v", err)
	}
	for _, l := range fromFiles {
		all = append(all, scopedLogin{parseScope(l.Registry), plan.Login{Username: l.Username, PasswordFile: l.PasswordFile}})
	}
	sort.SliceStable(all, func(i, j int) bool {
		a, b := all[i], all[j]
		return cmp.Or(cmp.Compare(strings.Count(a.host, "*"), strings.Count(b.host, "*")), cmp.Compare(len(b.path), len(a.path))) < 0
	})
	return all
}

// loginsFor are the logins to be tried, one after another, when the image is pulled.
func (p *podTranslator) loginsFor(image string) []plan.Login {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil || len(p.allLogins) == 0 {
		return nil
	}
	var logins []plan.Login
	for _, l := range p.allLogins {
		if l.covers(reference.Domain(named), reference.Path(named)) {
			l.Registry = reference.Domain(named)
			if !slices.Contains(logins, l.Login) {
				logins = append(logins, l.Login)
			}
		}
	}
	return logins
}

// secretLogins reads a Secret as "docker login" writes its config file. Like a kubelet, which would only
// note an event, it goes on without one that is not there.
func (p *podTranslator) secretLogins(at *field.Path, name string) []scopedLogin {
	secret, found := p.secrets[plan.Ref{Namespace: p.ref.Namespace, Name: name}]
	if !found {
		p.warn(at, "apply the Secret first, or together with the pod",
			"there is no Secret %q in namespace %q: images are pulled without it", name, p.ref.Namespace)
		return nil
	}
	entries, err := loginEntries(secret)
	if err != nil {
		p.warn(at, "make it with: kubectl create secret docker-registry, or from the config.json of docker login",
			"the Secret %q holds no logins: %v", name, err)
		return nil
	}
	var logins []scopedLogin
	for _, registry := range slices.Sorted(maps.Keys(entries)) {
		e := entries[registry]
		if err := e.decode(); err != nil {
			p.warn(at, "", "the Secret %q has no usable login for %s: %v", name, registry, err)
			continue
		}
		logins = append(logins, scopedLogin{parseScope(registry), plan.Login{Username: e.Username, Password: e.Password}})
	}
	return logins
}

// loginEntry is a login as a docker config file holds it.
type loginEntry struct{ Username, Password, Auth string }

func loginEntries(s *v1.Secret) (map[string]loginEntry, error) {
	var file struct{ Auths map[string]loginEntry }
	var err error
	switch s.Type {
	case v1.SecretTypeDockerConfigJson:
		err = json.Unmarshal(s.Data[v1.DockerConfigJsonKey], &file)
	case v1.SecretTypeDockercfg:
		err = json.Unmarshal(s.Data[v1.DockerConfigKey], &file.Auths)
	default:
		return nil, fmt.Errorf("it is of type %q, not %s", cmp.Or(s.Type, v1.SecretTypeOpaque), v1.SecretTypeDockerConfigJson)
	}
	if err != nil {
		// The decoder's own words may repeat what is secret.
		return nil, fmt.Errorf("its content is not that of a docker config file")
	}
	if len(file.Auths) == 0 {
		return nil, fmt.Errorf("there are none in it")
	}
	return file.Auths, nil
}

// decode takes user and password out of auth, which docker writes in their place.
func (e *loginEntry) decode() error {
	if e.Auth == "" && e.Username != "" {
		return nil
	}
	b, err := base64.StdEncoding.DecodeString(strings.TrimRight(e.Auth, "\n"))
	if err != nil {
		b, err = base64.RawStdEncoding.DecodeString(e.Auth)
	}
	user, password, ok := strings.Cut(string(b), ":")
	if err != nil || !ok || user == "" {
		return fmt.Errorf("auth must be user:password in base64")
	}
	e.Username, e.Password = user, strings.TrimRight(password, "\x00")
	return nil
}

// parseScope reads "registry.example.com:5000/team", also as the URL that docker login keeps.
func parseScope(s string) scope {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://")
	host, repo, _ := strings.Cut(s, "/")
	repo = strings.TrimSuffix(repo, "/")
	// What docker login keeps ends in the version of the registry's API.
	for _, version := range []string{"v1", "v2"} {
		if rest, ok := strings.CutPrefix(repo, version); ok && (rest == "" || rest[0] == '/') {
			repo = strings.TrimPrefix(rest, "/")
		}
	}
	sc := scope{host: host, path: repo}
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		sc.host, sc.port = host[:i], host[i+1:]
	}
	// All names of Docker Hub are one.
	if sc.host == "index.docker.io" || sc.host == "registry-1.docker.io" {
		sc.host = "docker.io"
	}
	return sc
}

// covers says whether the scope holds for a repository. As in the kubelet, "*" stands for a part of the host's name,
// never for a dot, and the path may end within a word.
func (s scope) covers(domain, repo string) bool {
	host, port := domain, ""
	if i := strings.LastIndexByte(domain, ':'); i >= 0 && !strings.HasSuffix(domain, "]") {
		host, port = domain[:i], domain[i+1:]
	}
	want, have := strings.Split(s.host, "."), strings.Split(host, ".")
	if s.port != port || len(want) != len(have) || !strings.HasPrefix(repo, s.path) {
		return false
	}
	for i := range want {
		if ok, err := path.Match(want[i], have[i]); err != nil || !ok {
			return false
		}
	}
	return true
}
