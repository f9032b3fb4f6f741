package host

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/translate"
)

// maxEnvFile bounds what is read of a file: all variables of a process must fit into far less.
const maxEnvFile = 1 << 20

// EnvFiles reads the files of the host that env-files annotations name.
func EnvFiles(set *manifests.Set) map[string]translate.EnvFile {
	files := map[string]translate.EnvFile{}
	for _, name := range translate.EnvFiles(set) {
		b, err := readRegular(name)
		f := translate.EnvFile{Content: b, Missing: errors.Is(err, fs.ErrNotExist)}
		var path *fs.PathError
		switch {
		case errors.As(err, &path):
			f.Problem = path.Err.Error()
		case err != nil:
			f.Problem = err.Error()
		}
		files[name] = f
	}
	return files
}

// readRegular reads a file, but no device or pipe, which might never end.
func readRegular(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxEnvFile+1))
	if len(b) > maxEnvFile {
		return nil, fmt.Errorf("it has more than %d bytes", maxEnvFile)
	}
	return b, err
}
