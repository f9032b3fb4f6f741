package manifests

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// loadText loads one text as standard input.
func loadText(t testing.TB, text string) (*Set, Problems) {
	t.Helper()
	return Load(context.Background(), []string{"-"}, Options{Stdin: strings.NewReader(text)})
}

// agrees are documents of which each must mean what sigs.k8s.io/yaml, which kubectl uses, reads in them.
var agrees = []string{
	"a: b", "a: 'b'", "a: \"b\\n\\u00e4\"", "a: |\n  b\n  c\n", "a: >-\n  b\n  c\n", "a: \"\"", "a: 'yes'", "a: '0644'", "yes: 'a'", "1: 'a'", "1.5: 'a'", "on: x",
	"a: !!str 80", "a: !!str yes", "a: !!binary aGk=", "a: 2001-01-01", "a: 12:30", "a: 0o17", "a: 1.2.3", "a: -", "a: 1_a", "a: +a", "a: .a", "a: 0xzz", "a: 1e", "a: é",
	"b: &x one\na: *x", "<<: {a: b}\nc: d", "<<: [{a: b}, {d: e}]\nf: g", "{a: b, \"c\": 'd'}", "\"a\": \"b\\/c\"",
	"? a\n: b", "a:\n- b", "a: [b]", "a: {b: c}", "a: # nothing\nb: c", "a: null", "a: ~",
}

func TestDecodeAgrees(t *testing.T) {
	for _, text := range agrees {
		want, wantErr := yaml.YAMLToJSONStrict([]byte("data:\n  " + strings.ReplaceAll(text, "\n", "\n  ")))
		var cm v1.ConfigMap
		if wantErr == nil {
			wantErr = json.Unmarshal(want, &cm)
		}
		set, problems := loadText(t, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  "+strings.ReplaceAll(text, "\n", "\n  "))
		if problems.HasErrors() != (wantErr != nil) {
			t.Errorf("%q: %v, but sigs.k8s.io/yaml says %v", text, problems, wantErr)
			continue
		}
		if wantErr == nil {
			if diff := cmp.Diff(cm.Data, set.ConfigMaps[0].Value.Data); diff != "" {
				t.Errorf("%q: -sigs +ours\n%s", text, diff)
			}
		}
	}
}

// Scalars of other types, in the fields that take them.
func TestDecodeScalarsAgree(t *testing.T) {
	const pod = "metadata: {name: p}\nspec:\n  hostNetwork: %b\n  priority: %i\n  containers:\n  - name: c\n    image: i\n    resources: {limits: {cpu: %q}}\n    livenessProbe: {tcpSocket: {port: %p}}\n"
	fill := func(b, i, q, p string) string {
		return strings.NewReplacer("%b", b, "%i", i, "%q", q, "%p", p).Replace(pod)
	}
	var texts []string
	for _, b := range []string{"true", "yes", "On", "n", "'true'", "1", "~", ""} {
		texts = append(texts, fill(b, "1", "1", "80"))
	}
	for _, i := range []string{"0644", "0x10", "0b11", "-0b11", "1_000", "80.0", "8e1", "80.5", "2147483647", "2147483648", "-1", "+1", "'1'", "a", ".inf", "!!int 7", "!!float 7", "!!str 7", "!!int x", "!!null ~", "!!bool yes", "18446744073709551615", "1e400"} {
		texts = append(texts, fill("true", i, "1", "80"))
	}
	for _, q := range []string{"1", "0.5", "500m", "'1'", "1Gi", "1e3", "1E3", ".5", "5.", "-1", "12 m", "true", "1GB", "''", "1_000", "0x10"} {
		texts = append(texts, fill("true", "1", q, "80"))
	}
	for _, p := range []string{"80", "http", "'80'", "80.0", "80.5", "99999999999", "~"} {
		texts = append(texts, fill("true", "1", "1", p))
	}
	for _, text := range texts {
		var want v1.Pod
		raw, wantErr := yaml.YAMLToJSONStrict([]byte(text))
		if wantErr == nil {
			wantErr = json.Unmarshal(raw, &want)
		}
		chunks := split([]byte(text))
		d := parse("stdin", chunks[0])[0]
		if d.problem != nil {
			t.Errorf("%q: %s", text, d.problem.Detail)
			continue
		}
		dec := decoder{kind: "Pod", root: schemas()["Pod"], document: d}
		dec.value(d.root, dec.root)
		if (len(dec.findings) > 0) != (wantErr != nil) {
			t.Errorf("%q: %v, but sigs.k8s.io/yaml says %v", text, dec.findings, wantErr)
			continue
		}
		var got v1.Pod
		if err := json.Unmarshal(dec.out, &got); err != nil {
			t.Errorf("%q: %v in %s", text, err, dec.out)
		}
		if diff := cmp.Diff(want, got); wantErr == nil && diff != "" {
			t.Errorf("%q: -sigs +ours\n%s", text, diff)
		}
	}
}

// A document that refers to itself, grows without end or is nested without end is refused, and soon.
func TestDecodeBombs(t *testing.T) {
	laughs := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 10; i++ {
		laughs += strings.NewReplacer("%i", string(rune('0'+i)), "%j", string(rune('0'+i-1))).Replace(
			"a%i: &a%i [*a%j, *a%j, *a%j, *a%j, *a%j, *a%j, *a%j, *a%j, *a%j, *a%j]\n")
	}
	const head = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  managedFields:\n  - fieldsV1:\n"
	indent := func(s string) string { return "      " + strings.ReplaceAll(s, "\n", "\n      ") }
	for name, text := range map[string]string{
		"laughs": head + indent(laughs),
		"self":   head + indent("a: &a\n  b: *a\n"),
		"merge":  head + indent("a: &a\n  <<: *a\n"),
		"deep":   head + indent("a: "+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)),
		"json":   `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","managedFields":[{"fieldsV1":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "}]}}",
	} {
		if _, problems := loadText(t, text); !problems.HasErrors() || len(problems) > 5 {
			t.Errorf("%s: %d problems", name, len(problems))
		}
	}
}

// Secret values are in no message, whatever is wrong with the document.
func TestNoSecretsInProblems(t *testing.T) {
	const secret = "hunter2"
	base := "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"
	for _, text := range []string{
		"stringData:\n  a: *hunter2\n", "stringData:\n  a: !hunter2\n", "stringData: hunter2\n", "stringData: [hunter2]\n", "data: {a: hunter2!}\n",
		"data: {a: [hunter2]}\n", "stringData:\n  a: hunter2: x\n", "stringData:\n  a: @hunter2\n", "stringData:\n  a: \"hunter2\n", "stringData:\n  a: 'hunter2\n",
		"stringData:\n  a: \"hunter2\\q\"\n", "stringData:\n  a: {hunter2\n", "stringData:\n  a: %hunter2\n", "stringData:\n  a: {{ hunter2 }}\n",
		"type: kubernetes.io/dockerconfigjson\nstringData: {.dockerconfigjson: hunter2}\n", "stringData:\n  a: b\n  hunter2\n", "stringData:\n  a: |hunter2\n",
	} {
		_, problems := loadText(t, base+text)
		var got bytes.Buffer
		problems.Print(&got)
		if strings.Contains(got.String(), secret) || !problems.HasErrors() {
			t.Errorf("%q:\n%s", text, &got)
		}
	}
	for _, container := range []string{"command: hunter2", "args: hunter2", "env: hunter2", "env: [hunter2]", "env: [A=hunter2]", "env: [{name: A=hunter2}]", "env: {A: hunter2}",
		"env: [{name: A, value: hunter2, valueFrom: {}}]", "env: [{name: A, value: [hunter2]}]", "env: [{name: A, value: {hunter2: b}}]"} {
		_, problems := loadText(t, "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: c\n    image: i\n    "+container+"\n")
		var got bytes.Buffer
		problems.Print(&got)
		if strings.Contains(got.String(), secret) || !problems.HasErrors() {
			t.Errorf("%q:\n%s", container, &got)
		}
	}
}
