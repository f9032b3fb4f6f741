package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/client-go/util/jsonpath"

	"github.com/kubehost/kubehost/cmd/printers"
	"github.com/kubehost/kubehost/cmd/view"
)

// awaited is what --for names.
type awaited struct {
	// gone: the pod is to be deleted; come: it is to be applied.
	gone, come bool
	// met says whether the pod is as it should be.
	met func(view.Pod) (bool, error)
	// asks says that the runtime must be asked for that, supervised that a supervisor must tell.
	asks, supervised bool
}

// podConditions are those that a pod has here, and whether the runtime must be asked for one.
var podConditions = map[v1.PodConditionType]bool{v1.PodReady: false, v1.ContainersReady: false, v1.PodInitialized: false, v1.PodScheduled: false,
	v1.PodReadyToStartContainers: true}

// waitWords are the words that --for begins with.
func waitWords() []string {
	words := []string{"create", "delete", "jsonpath="}
	for t := range podConditions {
		words = append(words, "condition="+string(t))
	}
	slices.Sort(words)
	return words
}

// parseFor reads --for as kubectl does.
func parseFor(text string) (awaited, error) {
	kind, rest, _ := strings.Cut(text, "=")
	switch strings.ToLower(kind) {
	case "delete":
		return awaited{gone: true}, nil
	case "create":
		return awaited{come: true}, nil
	case "condition":
		return parseForCondition(rest)
	case "jsonpath":
		return parseForPath(rest)
	}
	return awaited{}, fmt.Errorf("%q is nothing to wait for: condition=Ready, jsonpath='{.status.phase}'=Running, create or delete", text)
}

// parseForCondition reads "Ready" or "Ready=false".
func parseForCondition(text string) (awaited, error) {
	name, wanted, given := strings.Cut(text, "=")
	if !given {
		wanted = "true"
	}
	if !strings.EqualFold(wanted, "true") && !strings.EqualFold(wanted, "false") {
		return awaited{}, fmt.Errorf("a condition is never %q: true or false", wanted)
	}
	for t, asks := range podConditions {
		if strings.EqualFold(name, string(t)) {
			return awaited{asks: asks, supervised: true, met: func(v view.Pod) (bool, error) {
				for _, c := range v.Status().Conditions {
					if c.Type == t {
						return strings.EqualFold(wanted, string(c.Status)), nil
					}
				}
				return false, nil
			}}, nil
		}
	}
	return awaited{}, fmt.Errorf("pods have no condition %q: Ready, ContainersReady, Initialized, PodScheduled, PodReadyToStartContainers", name)
}

// parseForPath reads "{.status.phase}=Running", or a path alone.
func parseForPath(text string) (awaited, error) {
	field, wanted, given := cutPath(text)
	// Quotes that a shell has left.
	wanted = strings.TrimSpace(strings.Trim(wanted, `'"`))
	if given && wanted == "" {
		return awaited{}, errors.New("jsonpath wait has to have a value after equal sign")
	}
	path, err := printers.ParseField(field)
	if err != nil {
		return awaited{}, err
	}
	return awaited{asks: true, met: func(v view.Pod) (bool, error) {
		pod, err := v.Object()
		if err != nil {
			return false, err
		}
		object, err := printers.Generic(pod)
		if err != nil {
			return false, err
		}
		return holdsValue(path, object, wanted, given)
	}}, nil
}

// cutPath divides a path and a value at the first = that is not of ==.
func cutPath(text string) (path, value string, found bool) {
	for i := 0; i < len(text); i++ {
		if text[i] != '=' {
			continue
		}
		if !strings.HasPrefix(text[i:], "==") {
			return text[:i], text[i+1:], true
		}
		i++
	}
	return text, "", false
}

// holdsValue says whether there is a value at the path, and the one that is wanted, if one is.
func holdsValue(path *jsonpath.JSONPath, object any, wanted string, given bool) (bool, error) {
	values, err := printers.Values(path, object)
	switch {
	case err != nil || len(values) == 0:
		return false, err
	case len(values) > 1:
		return false, errors.New("given jsonpath expression matches more than one value")
	case !given:
		return true, nil
	}
	switch values[0].(type) {
	case map[string]any, []any:
		return false, errors.New("jsonpath leads to a nested object or list which is not supported")
	}
	return strings.TrimSpace(fmt.Sprint(values[0])) == wanted, nil
}
