package settings

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/kubehost/kubehost/cmd/commandline"
)

// configFile is what a configuration file may say.
type configFile struct {
	Runtime       string `json:"runtime,omitempty"`
	VolumeBaseDir string `json:"volumeBaseDir,omitempty"`
	StateDir      string `json:"stateDir,omitempty"`
	SeccompDir    string `json:"seccompDir,omitempty"`
	Supervisor    string `json:"supervisor,omitempty"`
	AutoPrune     string `json:"autoPrune,omitempty"`
	Progress      string `json:"progress,omitempty"`
}

// config reads the configuration file. A default one need not be there.
func (u User) config(flag string) (configFile, string, error) {
	var f configFile
	name := cmp.Or(flag, u.Getenv("KUBEHOST_CONFIG"))
	named := name != ""
	if !named {
		name = u.defaults().File
	}
	b, err := os.ReadFile(name)
	if err != nil {
		if !named && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission)) {
			return f, "", nil
		}
		return f, "", commandline.Mistake("configuration file: %w\n  hint: --config and KUBEHOST_CONFIG name one that can be read", err)
	}
	if err := yaml.UnmarshalStrict(b, &f); err != nil {
		return f, "", configError(name, err)
	}
	for key, dir := range map[string]string{"volumeBaseDir": f.VolumeBaseDir, "stateDir": f.StateDir, "seccompDir": f.SeccompDir} {
		if dir != "" && !filepath.IsAbs(dir) {
			return f, "", commandline.Mistake("%s: %s: %q is not an absolute path", name, key, dir)
		}
	}
	return f, name, nil
}

// configError says what is wrong with a configuration file, without the steps that its text takes to become settings.
func configError(name string, err error) error {
	what := err.Error()
	for _, step := range []string{"error converting YAML to JSON: ", "error unmarshaling JSON: ", "while decoding JSON: ", "yaml: ", "json: "} {
		what = strings.TrimPrefix(what, step)
	}
	keys := configKeys()
	hint := "it may hold " + strings.Join(keys, ", ")
	if key, ok := strings.CutPrefix(what, "unknown field "); ok {
		what = key + " is no setting"
		if near := commandline.Nearest(strings.Trim(key, `"`), keys); near != "" {
			hint = "did you mean " + near + "?"
		}
	}
	return commandline.Mistake("%s: %s\n  hint: %s", name, what, hint)
}
