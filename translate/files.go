package translate

import (
	"path"
	"sort"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/translate/plan"
)

// defaultMode is the API server's default for the files of a volume.
const defaultMode = 0o644

// groupRead is what a pod's fsGroup adds to the mode of each file.
const groupRead = 0o440

// tree is the files of one volume while they are collected: of two for the same path the later counts.
type tree struct {
	files map[string]plan.File
	// mode is the volume's default for files.
	mode *int32
}

func newTree(mode *int32) *tree { return &tree{files: map[string]plan.File{}, mode: mode} }

// source is a ConfigMap or Secret as a volume shows it.
type source struct {
	kind, name string
	content    map[string][]byte
	secret     bool
	items      []v1.KeyToPath
	optional   *bool
}

// addConfigMap adds the files of a ConfigMap: data and binaryData; where both have a key, data counts.
func (p *podTranslator) addConfigMap(t *tree, at *field.Path, name string, items []v1.KeyToPath, optional *bool) {
	cm, found := p.configMap(at.Child("name"), name, optional)
	if !found {
		return
	}
	content := make(map[string][]byte, len(cm.Data)+len(cm.BinaryData))
	for key, data := range cm.BinaryData {
		content[key] = data
	}
	for key, data := range cm.Data {
		content[key] = []byte(data)
	}
	p.addSourceFiles(t, at, source{"ConfigMap", name, content, false, items, optional})
}

// addSecret adds the files of a Secret; nameAt is where its name stands.
func (p *podTranslator) addSecret(t *tree, at, nameAt *field.Path, name string, items []v1.KeyToPath, optional *bool) {
	if secret, found := p.secret(nameAt, name, optional); found {
		p.addSourceFiles(t, at, source{"Secret", name, secret.Data, true, items, optional})
	}
}

// addSourceFiles adds one file for each key; with items only the keys that these name.
func (p *podTranslator) addSourceFiles(t *tree, at *field.Path, s source) {
	if len(s.items) == 0 {
		for key, content := range s.content {
			t.add(plan.File{Path: key, Content: content, Secret: s.secret}, nil)
		}
	}
	for i := range s.items {
		item, here := &s.items[i], at.Child("items").Index(i)
		content, ok := s.content[item.Key]
		if !ok {
			p.missingKey(here, s.optional, "", item.Key, s.kind, s.name)
		} else if name, ok := p.filePath(here, item.Path); ok {
			t.add(plan.File{Path: name, Content: content, Secret: s.secret}, item.Mode)
		}
	}
}

// filePath checks the path of a file once more, though the manifest was: what follows writes files as root.
func (p *podTranslator) filePath(at *field.Path, given string) (string, bool) {
	name := path.Clean(given)
	if !inside(given) || name == "." || strings.HasPrefix(name, "..") {
		p.fail(at.Child("path"), "", "%q is not a path inside the volume", given)
		return "", false
	}
	return name, true
}

// add gives a file its own mode, or else the volume's.
func (t *tree) add(f plan.File, mode *int32) {
	switch {
	case mode != nil:
		f.Mode = uint32(*mode)
	case t.mode != nil:
		f.Mode = uint32(*t.mode)
	default:
		f.Mode = defaultMode
	}
	t.files[f.Path] = f
}

// filesVolume is a volume of these files. They are sorted by path.
func (p *podTranslator) filesVolume(at *field.Path, name, from string, t *tree) plan.Volume {
	v := plan.Volume{Name: name, Kind: plan.Files, Path: path.Join(p.dir, "volumes", name), From: from, Group: p.fsGroup()}
	for _, f := range t.files {
		if v.Group != nil {
			f.Mode |= groupRead
		}
		v.Files = append(v.Files, f)
	}
	sort.Slice(v.Files, func(i, j int) bool { return v.Files[i].Path < v.Files[j].Path })
	p.checkTree(at, v.Files)
	return v
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
