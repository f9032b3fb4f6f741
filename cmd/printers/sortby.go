package printers

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// order is how objects stand when they are sorted by the printer's field, as kubectl does it: those without it come first, and of
// several values the first counts.
func (p *Printer) order(values []any) ([]int, error) {
	keys, order, found := make([]any, len(values)), make([]int, len(values)), false
	for i, v := range values {
		order[i] = i
		object, err := Generic(v)
		if err != nil {
			return nil, err
		}
		at, err := Values(p.sortPath, object)
		if err != nil {
			return nil, fmt.Errorf("--sort-by: %w", err)
		}
		if len(at) > 0 {
			keys[i], found = at[0], true
		}
	}
	if len(values) > 0 && !found {
		return nil, fmt.Errorf("couldn't find any field with path %q in the list of objects", p.sortText)
	}
	slices.SortStableFunc(order, func(i, j int) int { return compareValues(keys[i], keys[j]) })
	return order, nil
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
