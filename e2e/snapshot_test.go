package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// volatile are the keys of "inspect" whose values differ between two runs of the same command.
var volatile = regexp.MustCompile(`^(Id|ID|Created|CreatedAt|StartedAt|FinishedAt|Pid|ConmonPid|Pid(File|Mode).*|` +
	`.*(MacAddress|IPAddress|IPv6Address|Gateway|PrefixLen)|Sandbox(ID|Key)|EndpointID|DNSNames|` +
	`GraphDriver|CgroupPath|CgroupParent|CheckpointedAt|RestoredAt|.*(Path|Dir)|HostsPath|created|Subnets|IPAM|subnets|` +
	`SizeRw|SizeRootFs|LockNumber|ResourcePath|Links|ExecIDs|IPv4Address|network_interface|` +
	`io\.kubernetes\.cri-o\.Created|network_interface|.*PidFile)$`)

// unordered are the keys whose lists podman prints in any order.
var unordered = []string{"Aliases", "Binds", "Env", "SharedNamespaces"}

// snapshot writes what the runtime knows of the script's objects: the whole of "inspect", with
// names for ids and without what no two runs share.
func snapshot(ts *testscript.TestScript, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: snapshot FILE")
	}
	s := of(ts)
	var out bytes.Buffer
	all := map[string][]object{"container": s.containers(), "pod": s.pods(), "network": s.networks()}
	var names []string
	for _, objects := range all {
		for _, o := range objects {
			names = append(names, o.id, o.name)
			if len(o.id) > 12 {
				names = append(names, o.id[:12], o.name)
			}
		}
	}
	replacer := strings.NewReplacer(names...)
	for _, kind := range []string{"container", "network", "pod"} {
		objects := all[kind]
		slices.SortFunc(objects, func(a, b object) int { return strings.Compare(a.name, b.name) })
		for _, o := range objects {
			text, err := run(s.runtime, kind, "inspect", o.id)
			ts.Check(err)
			text, err = steady(replacer.Replace(text))
			ts.Check(err)
			fmt.Fprintf(&out, "%s %s\n%s\n", kind, o.name, text)
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out.Bytes(), 0o666))
}

// steady removes volatile keys from a JSON text and sorts what has no order.
func steady(text string) (string, error) {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return "", err
	}
	b, err := json.MarshalIndent(prune(v), "", "  ")
	return string(b), err
}

func prune(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, child := range v {
			if volatile.MatchString(k) {
				delete(v, k)
				continue
			}
			v[k] = prune(child)
			if k == "Aliases" || k == "Binds" || k == "Env" || k == "SharedNamespaces" {
				sortAny(v[k])
			}
		}
	case []any:
		for i := range v {
			v[i] = prune(v[i])
		}
		if len(v) > 0 {
			if _, ok := v[0].(map[string]any); ok { // mounts, ports, containers
				sortAny(v)
			}
		}
	}
	return v
}

// sortAny sorts a list by the text of its elements.
func sortAny(v any) {
	list, ok := v.([]any)
	if !ok {
		return
	}
	slices.SortFunc(list, func(a, b any) int {
		x, _ := json.Marshal(a)
		y, _ := json.Marshal(b)
		return bytes.Compare(x, y)
	})
}
