package translate

import (
	"cmp"
	"path"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/translate/plan"
)

// defaultMode is the API server's default for the files of a volume.
const defaultMode = 0o644

// source is a ConfigMap or Secret as a volume shows it.
type source struct {
	kind, name string
	content    map[string][]byte
	secret     bool
	items      []v1.KeyToPath
	mode       *int32
	optional   *bool
}

// configMapFiles are the files of a configMap volume: data and binaryData; where both
// have a key, data counts.
func (p *podTranslator) configMapFiles(at *field.Path, v *v1.ConfigMapVolumeSource) []plan.File {
	cm, found := p.configMap(at.Child("name"), v.Name, v.Optional)
	if !found {
		return nil
	}
	content := make(map[string][]byte, len(cm.Data)+len(cm.BinaryData))
	for key, data := range cm.BinaryData {
		content[key] = data
	}
	for key, data := range cm.Data {
		content[key] = []byte(data)
	}
	return p.files(at, source{"ConfigMap", v.Name, content, false, v.Items, v.DefaultMode, v.Optional})
}

// secretFiles are the files of a secret volume.
func (p *podTranslator) secretFiles(at *field.Path, v *v1.SecretVolumeSource) []plan.File {
	secret, found := p.secret(at.Child("secretName"), v.SecretName, v.Optional)
	if !found {
		return nil
	}
	return p.files(at, source{"Secret", v.SecretName, secret.Data, true, v.Items, v.DefaultMode, v.Optional})
}

// files are sorted by path. With items only the keys that these name are there.
func (p *podTranslator) files(at *field.Path, s source) []plan.File {
	files := map[string]plan.File{}
	if len(s.items) == 0 {
		for key, content := range s.content {
			files[key] = plan.File{Path: key, Mode: s.fileMode(nil), Content: content, Secret: s.secret}
		}
	}
	for i := range s.items {
		p.item(files, at.Child("items").Index(i), s, &s.items[i])
	}
	list := make([]plan.File, 0, len(files))
	for _, f := range files {
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b plan.File) int { return cmp.Compare(a.Path, b.Path) })
	p.checkTree(at, list)
	return list
}

// item adds the file of one item; of two for the same path the later counts.
func (p *podTranslator) item(files map[string]plan.File, at *field.Path, s source, item *v1.KeyToPath) {
	content, ok := s.content[item.Key]
	if !ok {
		p.missingKey(at, s.optional, "", item.Key, s.kind, s.name)
		return
	}
	// Checked once more, though the manifest was: what follows writes files as root.
	name := path.Clean(item.Path)
	if !inside(item.Path) || name == "." || strings.HasPrefix(name, "..") {
		p.fail(at.Child("path"), "", "%q is not a path inside the volume", item.Path)
		return
	}
	files[name] = plan.File{Path: name, Mode: s.fileMode(item.Mode), Content: content, Secret: s.secret}
}

func (s source) fileMode(item *int32) uint32 {
	switch {
	case item != nil:
		return uint32(*item)
	case s.mode != nil:
		return uint32(*s.mode)
	}
	return defaultMode
}

// checkTree refuses a path that would have to be a file and a directory.
func (p *podTranslator) checkTree(at *field.Path, files []plan.File) {
	names := make(map[string]bool, len(files))
	for _, f := range files {
		names[f.Path] = true
	}
	for _, f := range files {
		for dir := path.Dir(f.Path); dir != "."; dir = path.Dir(dir) {
			if names[dir] {
				p.fail(at.Child("items"), "", "%q would be a file, and a directory for %q", dir, f.Path)
			}
		}
	}
}
