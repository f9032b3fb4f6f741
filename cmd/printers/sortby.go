package printers

import (
	"cmp"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/client-go/util/jsonpath"

	"github.com/kubehost/kubehost/cmd/view"
)

// sortPods sorts pods by a field, as kubectl does: those without it come first, and of several values the first counts.
func sortPods(pods []view.Pod, path *jsonpath.JSONPath, text string) error {
	keys, found := map[string]any{}, false
	for _, v := range pods {
		pod, err := v.Object()
		if err != nil {
			return err
		}
		object, err := Generic(pod)
		if err != nil {
			return err
		}
		values, err := Values(path, object)
		if err != nil {
			return fmt.Errorf("--sort-by: %w", err)
		}
		if len(values) > 0 {
			keys[v.Ref.String()], found = values[0], true
		}
	}
	if len(pods) > 0 && !found {
		return fmt.Errorf("couldn't find any field with path %q in the list of objects", text)
	}
	sort.SliceStable(pods, func(i, j int) bool { return compareValues(keys[pods[i].Ref.String()], keys[pods[j].Ref.String()]) < 0 })
	return nil
}

// compareValues compares two values of JSON. Text that is a quantity is one, and digits in text are numbers.
func compareValues(a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	if x, ok := number(a); ok {
		if y, ok := number(b); ok {
			return cmp.Compare(x, y)
		}
	}
	x, y := fmt.Sprint(a), fmt.Sprint(b)
	if p, err := resource.ParseQuantity(x); err == nil {
		if q, err := resource.ParseQuantity(y); err == nil {
			return p.Cmp(q)
		}
	}
	return compareNatural(x, y)
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// compareNatural compares texts so that web-9 comes before web-10.
func compareNatural(a, b string) int {
	for a != "" && b != "" {
		x, y := leading(a), leading(b)
		m, err1 := strconv.ParseUint(x, 10, 64)
		n, err2 := strconv.ParseUint(y, 10, 64)
		c := strings.Compare(x, y)
		if err1 == nil && err2 == nil {
			c = cmp.Compare(m, n)
		}
		if c != 0 {
			return c
		}
		a, b = a[len(x):], b[len(y):]
	}
	return strings.Compare(a, b)
}

// leading is the number that a text begins with or, without one, all up to the first digit.
func leading(s string) string {
	isDigit := func(r rune) bool { return '0' <= r && r <= '9' }
	digit := isDigit(rune(s[0]))
	end := strings.IndexFunc(s, func(r rune) bool { return isDigit(r) != digit })
	if end < 0 {
		return s
	}
	return s[:end]
}
