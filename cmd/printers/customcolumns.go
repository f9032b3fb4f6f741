package printers

import (
	"errors"
	"fmt"
	"strings"

	"k8s.io/client-go/util/jsonpath"
)

// customColumn is one column of -o custom-columns.
type customColumn struct {
	header string
	path   *jsonpath.JSONPath
}

// parseColumns reads "NAME:.metadata.name,IMAGE:.spec.containers[*].image".
func parseColumns(spec string) ([]customColumn, error) {
	var all []customColumn
	for part := range strings.SplitSeq(spec, ",") {
		header, field, ok := strings.Cut(part, ":")
		if !ok {
			return nil, fmt.Errorf("unexpected custom-columns spec: %s, expected <header>:<json-path-expr>", part)
		}
		path, err := ParseField(field)
		if err != nil {
			return nil, err
		}
		all = append(all, customColumn{header, path})
	}
	return all, nil
}

// parseColumnsFile reads the same from a file: a line of headers, and a line of paths below them.
func parseColumnsFile(text string) ([]customColumn, error) {
	lines := strings.SplitN(text, "\n", 3)
	if len(lines) < 2 {
		return nil, errors.New("invalid template, missing spec line. Expected format is one line of space separated headers, one line of space separated column specs")
	}
	headers, fields := strings.Fields(lines[0]), strings.Fields(lines[1])
	if len(headers) == 0 {
		return nil, errors.New("invalid template, missing header line")
	}
	if len(headers) != len(fields) {
		return nil, fmt.Errorf("number of headers (%d) and field specifications (%d) don't match", len(headers), len(fields))
	}
	var all []customColumn
	for i, field := range fields {
		path, err := ParseField(field)
		if err != nil {
			return nil, err
		}
		all = append(all, customColumn{headers[i], path})
	}
	return all, nil
}

// cell is what the column shows of an object.
func (c customColumn) cell(object any) (string, error) {
	values, err := Values(c.path, object)
	if err != nil || len(values) == 0 {
		return orNone(""), err
	}
	var words []string
	for _, v := range values {
		words = append(words, Escape(fmt.Sprint(v)))
	}
	return strings.Join(words, ","), nil
}
