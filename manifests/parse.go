package manifests

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// document is one YAML or JSON value of a source.
type document struct {
	root *yaml.Node
	// firstLine is where the chunk that the value was parsed from starts: lines of nodes count from there.
	firstLine int
	// problem is set instead of root when the text cannot be parsed.
	problem *Problem
}

// parse reads the documents of a chunk: one, unless it is a stream of JSON values. JSON becomes the same tree
// as YAML, so that the rest of the package knows one form only.
func parse(file string, c chunk) []document {
	text := bytes.TrimSpace(c.text)
	looksLikeJSON := len(text) > 0 && (text[0] == '{' || text[0] == '[')
	if looksLikeJSON {
		documents, err := parseJSON(c)
		if err == nil {
			return documents
		}
		// "{a: b}" is YAML that starts like JSON.
		if path.Ext(file) == ".json" {
			return append(documents, document{problem: err})
		}
	}
	var root yaml.Node
	if err := yaml.Unmarshal(c.text, &root); err != nil {
		return []document{{problem: yamlProblem(err, c)}}
	}
	if len(root.Content) == 0 {
		return nil
	}
	return []document{{root: root.Content[0], firstLine: c.line}}
}

var yamlErrorLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// structural are the errors for which the parser counts lines from 0, and may name the start of the block instead of
// the line in it (yaml.v3 takes the context's mark first).
var structural = regexp.MustCompile(`^did not find expected (<|node content|key|',' or|'-' indicator)`)

// yamlProblem rewrites an error of the YAML parser: the line counts from the top of the file, and
// nothing of the text is repeated, because it may be a secret.
func yamlProblem(err error, c chunk) *Problem {
	text := err.Error()
	line := 0
	if m := yamlErrorLine.FindStringSubmatch(text); m != nil {
		text = text[len(m[0]):]
		line, _ = strconv.Atoi(m[1])
	}
	p := &Problem{Detail: "is not valid YAML: " + text}
	if line > 0 {
		near := ""
		if structural.MatchString(text) {
			line, near = line+1, "near "
		}
		p.Line = min(line, bytes.Count(c.text, []byte("\n"))+1) + c.line - 1
		p.Detail = fmt.Sprintf("is not valid YAML: %sline %d: %s", near, p.Line, text)
	}
	switch {
	case strings.Contains(text, "unknown anchor"):
		p.Detail = "is not valid YAML: a value that starts with * refers to an anchor, and there is none of that name"
		p.Hint = "put quotes around a value that starts with *"
	case bytes.Contains(c.text, []byte("{{")):
		p.Hint = templateHint
	case strings.Contains(text, "found character that cannot start any token") && bytes.Contains(c.text, []byte("\t")):
		p.Hint = "YAML is indented with spaces, never with tabs"
	case strings.Contains(text, "mapping values are not allowed"):
		p.Hint = "check the indentation, and put quotes around a value that contains \": \""
	case strings.Contains(text, "did not find expected"), strings.Contains(text, "could not find expected"):
		p.Hint = "check the indentation of this line and of the lines above it"
	}
	return p
}

const templateHint = "this looks like a template; render it first: helm template … | kubehost apply -f -"

// parseJSON reads one JSON value, or several after one another.
func parseJSON(c chunk) ([]document, *Problem) {
	d := json.NewDecoder(bytes.NewReader(c.text))
	d.UseNumber()
	r := jsonReader{Decoder: d, text: c.text, line: 1}
	var documents []document
	for {
		root, err := r.value()
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return documents, r.problem(err, c)
		}
		documents = append(documents, document{root: root, firstLine: c.line})
	}
}

// jsonReader turns JSON tokens into YAML nodes with their positions.
type jsonReader struct {
	*json.Decoder
	text    []byte
	counted int // the bytes whose lines are counted
	line    int
}

func (r *jsonReader) position() int {
	at := int(r.InputOffset())
	r.line += bytes.Count(r.text[r.counted:at], []byte("\n"))
	r.counted = at
	return r.line
}

func (r *jsonReader) value() (*yaml.Node, error) {
	token, err := r.Token()
	if err != nil {
		return nil, err
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Line: r.position(), Column: int(r.InputOffset())}
	switch t := token.(type) {
	case json.Delim:
		return n, r.container(n, t)
	case string:
		n.Style, n.Value = yaml.DoubleQuotedStyle, t
	case json.Number:
		n.Value = t.String()
	case bool:
		n.Value = strconv.FormatBool(t)
	case nil:
		n.Value = "null"
	}
	return n, nil
}

func (r *jsonReader) container(n *yaml.Node, open json.Delim) error {
	n.Kind = yaml.SequenceNode
	if open == '{' {
		n.Kind = yaml.MappingNode
	}
	for r.More() {
		child, err := r.value()
		if err != nil {
			return noEOF(err)
		}
		n.Content = append(n.Content, child)
	}
	_, err := r.Token()
	return noEOF(err)
}

// noEOF says that a value ends too early, where io.EOF would say that there is no further value.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (r *jsonReader) problem(err error, c chunk) *Problem {
	line := r.position() + c.line - 1
	detail := "the text ends before the value does"
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		at := min(int(syntax.Offset), len(c.text))
		line = bytes.Count(c.text[:at], []byte("\n")) + c.line
		detail = syntax.Error()
	}
	return &Problem{Line: line, Detail: fmt.Sprintf("is not valid JSON: line %d: %s", line, detail)}
}
