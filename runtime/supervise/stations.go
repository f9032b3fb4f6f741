package supervise

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// Stations are the pods of which there is a station below a directory, whether they have a supervisor or not, sorted
// by namespace and name. Directories that hold something else are not among them.
func Stations(dir string) ([]Station, error) {
	namespaces, err := entries(dir)
	if err != nil {
		return nil, err
	}
	var all []Station
	for _, namespace := range namespaces {
		names, err := entries(filepath.Join(dir, namespace))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			s := Station{Dir: dir, Ref: plan.Ref{Namespace: namespace, Name: name}}
			files, err := entries(s.file(""))
			if err != nil {
				return nil, err
			}
			if len(files) > 0 && !slices.ContainsFunc(files, func(f string) bool { return !slices.Contains(stationFiles, f) }) {
				all = append(all, s)
			}
		}
	}
	return all, nil
}

// stationFiles are the files of a station.
var stationFiles = []string{"status.json", "status.json.new", "supervisor", "supervisor.log"}

// Leave removes the station of a pod that is gone, unless there is something of the pod again, or a supervisor. It says
// whether it did. The caller holds the pod's lock.
func (s Station) Leave(store runtime.Store) (bool, error) {
	known, err := store.Known(s.Ref)
	if err != nil || known {
		return false, err
	}
	if pid, err := s.Alive(); err != nil || pid != 0 {
		return false, err
	}
	return true, s.Remove()
}

// entries are the names in a directory, none where there is no such directory.
func entries(dir string) ([]string, error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		if info, statErr := os.Stat(dir); os.IsNotExist(statErr) || statErr == nil && !info.IsDir() {
			return nil, nil
		}
		return nil, err
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names, nil
}
