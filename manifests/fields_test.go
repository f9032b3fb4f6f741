package manifests

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestFieldsTableIsSound holds what a table of strings cannot hold by itself:
// each row names a field that exists, and no field has two rows.
func TestFieldsTableIsSound(t *testing.T) {
	for _, fault := range fieldTable().faults {
		t.Error(fault)
	}
	for _, k := range kinds {
		fieldTable().entries[k.name].each(func(e *tableEntry) bool {
			if !k.goType.has(splitPath(plainPath(e.path))[1:]) {
				t.Errorf("%s: no such field", e.path)
			}
			if e.row == nil && len(e.children) == 0 {
				t.Errorf("%s: an entry without a row", e.path)
			}
			return true
		})
	}
}

// TestFieldsCoverTheUpstreamTypes fails when a field of any type reachable from a kind has no row of its own and
// none above it that stands for it: a new k8s.io/api cannot add one unnoticed. Fields below
// a row that is not supported yet count too: making it supported is then one word.
func TestFieldsCoverTheUpstreamTypes(t *testing.T) {
	for _, k := range kinds {
		for _, fault := range uncovered(fieldTable().entries[k.name], k.goType.Type, k.name) {
			t.Error(fault)
		}
	}
}

// uncovered walks the type beside the table, also below closed rows where these have rows.
func uncovered(e *tableEntry, t reflect.Type, path string) (faults []string) {
	if e == nil {
		return []string{path + ": no row"}
	}
	if e.closed() && len(e.children) == 0 {
		return nil
	}
	switch t = indirect(t); {
	case isLeaf(t) || t.Kind() == reflect.Map && isScalar(t.Elem()) || t.Kind() == reflect.Slice && isScalar(t.Elem()):
		if e.row == nil {
			faults = append(faults, path+": no row")
		}
		for _, c := range e.children {
			if !c.isKey() || t.Kind() != reflect.Map {
				faults = append(faults, c.path+": a row below a value")
			}
		}
	case t.Kind() == reflect.Struct:
		names := map[string]bool{}
		for _, f := range structFields(t) {
			names[f.name] = true
			faults = append(faults, uncovered(e.child(f.name), f.goType, path+"."+f.name)...)
		}
		for _, c := range e.children {
			if !names[c.name] {
				faults = append(faults, c.path+": no such field")
			}
		}
	case t.Kind() == reflect.Slice:
		if e.child("[]") == nil || len(e.children) != 1 {
			return append(faults, path+": a list has rows below [], and no others")
		}
		faults = append(faults, uncovered(e.child("[]"), t.Elem(), path+"[]")...)
	default:
		faults = append(faults, fmt.Sprintf("%s: cannot cover a %s", path, t))
	}
	return faults
}

// isScalar says that lists and maps of this type are one value to the table.
func isScalar(t reflect.Type) bool {
	t = indirect(t)
	return isLeaf(t) || t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8
}

func TestFieldsSayWhy(t *testing.T) {
	eachRow(func(path string, r *row) {
		switch r.is {
		case NotYet:
			t.Errorf("%s: nobody has decided about it", path)
		case NoEffect, Silent:
			if r.reason == "" {
				t.Errorf("%s: %s without a reason", path, r.is)
			}
		case Refused:
			if r.reason == "" || r.hint == "" {
				t.Errorf("%s: refused without a reason or a hint", path)
			}
		}
		for _, text := range []string{r.reason, r.hint} {
			if strings.HasSuffix(text, ".") || text != strings.TrimSpace(text) {
				t.Errorf("%s: %q: reasons and hints are parts of a line", path, text)
			}
		}
		if (r.accepts.texts == nil) != (r.accepts.ok == nil) {
			t.Errorf("%s: accepts needs both its texts and its function", path)
		}
	})
}

// security matches every path whose field stands between a container and something else. Lists
// of words instead of a mark at the rows, so that a new upstream field cannot escape by having no mark.
var security = regexp.MustCompile(`(?i)securityContext|seccomp|apparmor|selinux|sysctl|privilege|capabilit|` +
	`spec\.host(Users|PID|IPC|Network)$|shareProcessNamespace|runtimeClassName|readOnly|bindMountOptions|\.mode$|defaultMode|procMount|\.user$|defaultUser`)

func TestFieldsOfSecurityAreNeverWithoutEffect(t *testing.T) {
	seen := 0
	eachRow(func(path string, r *row) {
		if !security.MatchString(path) {
			return
		}
		seen++
		if r.is == NoEffect || r.is == Silent {
			t.Errorf("%s: a security field is %s", path, r.is)
		}
	})
	if seen < 40 {
		t.Errorf("only %d security fields seen", seen)
	}
}

func eachRow(f func(path string, r *row)) {
	for _, k := range kinds {
		fieldTable().entries[k.name].each(func(e *tableEntry) bool {
			if e.row != nil {
				f(e.path, e.row)
			}
			return true
		})
	}
}

func TestFields(t *testing.T) {
	for _, test := range []struct {
		prefix string
		want   []string
	}{
		{"pod.spec.containers[].ports", []string{
			"pod.spec.containers[].ports[].name: supported",
			"pod.spec.containers[].ports[].hostPort: supported",
			"pod.spec.containers[].ports[].containerPort: supported",
			"pod.spec.containers[].ports[].protocol: supported",
			"pod.spec.containers[].ports[].hostIP: supported",
		}},
		{"pod.spec.containers[1].ports[0].hostPort", []string{"pod.spec.containers[].ports[].hostPort: supported"}},
		{"pod.spec.containers.image", []string{"pod.spec.containers[].image: supported"}},
		{"pod.spec.affinity.podAffinity", []string{"pod.spec.affinity: no effect"}},
		{"pod.spec.affinity.nonsense", nil},
		{"pod.spec.containers.nonsense", nil},
		{"pod.spec.volumes.csi.driver", []string{"pod.spec.volumes[].csi: refused"}},
		{"pod.status.phase", []string{"pod.status: no effect, silent"}},
		{"pod.metadata.labels.app", []string{"pod.metadata.labels: supported"}},
		{"configmap.data", []string{"configmap.data: supported"}},
		{"list", []string{"list.kind: supported", "list.apiVersion: supported", "list.metadata: no effect, silent", "list.items: supported"}},
		{"pods", nil},
	} {
		var got []string
		for _, f := range Fields(test.prefix) {
			got = append(got, f.Path+": "+f.Status.String())
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("Fields(%q):\n got %q\nwant %q", test.prefix, got, test.want)
		}
	}
	if all := Fields(""); len(all) < 200 {
		t.Errorf("the whole table has only %d rows", len(all))
	}
}
