package manifests

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/labels"
)

func configMap(name string) string {
	return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\n"
}

// write makes files below the working directory.
func write(t *testing.T, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// order loads sources and lists what was found in them.
func order(t *testing.T, o Options, sources ...string) []string {
	t.Helper()
	set, problems := Load(context.Background(), sources, o)
	var lines []string
	for _, p := range problems {
		lines = append(lines, p.String())
	}
	for _, origin := range set.Order {
		lines = append(lines, origin.String())
	}
	return lines
}

func TestSources(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, map[string]string{
		"b.yaml":            configMap("b"),
		"several.yml":       "# licence\n---\n" + configMap("one") + "---\n---\n# nothing\n--- # two\n" + configMap("two") + "...\n",
		"conf/z.yaml":       configMap("z"),
		"conf/a.json":       `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}`,
		"conf/m.yml":        configMap("m"),
		"conf/notes.txt":    "not: [a manifest",
		"conf/.hidden.yaml": "not: [a manifest",
		"conf/z.yaml~":      "not: [a manifest",
		"conf/.#z.yaml":     "not: [a manifest",
		"conf/empty.yaml":   "# nothing yet\n",
		"conf/sub/s.yaml":   configMap("s"),
		"conf/.git/g.yaml":  "not: [a manifest",
		"conf/dir.yaml/d":   "",
		"crlf.yaml":         strings.ReplaceAll(configMap("crlf")+"---\n"+configMap("lf"), "\n", "\r\n"),
		"bom.yaml":          "\ufeff" + configMap("bom"),
		"directive.yaml":    "%YAML 1.1\n---\n" + configMap("d1") + "...\n%YAML 1.1\n---\n" + configMap("d2"),
		"inline.yaml":       "--- {apiVersion: v1, kind: ConfigMap, metadata: {name: i1}}\n--- {apiVersion: v1, kind: ConfigMap, metadata: {name: i2}}\n",
		"block.yaml":        configMap("block") + "data:\n  a: |\n    x\n    ---\n    y\n",
		"stream.json":       `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"j1"}}` + "\n" + `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"j2"}}`,
		"emoji.json":        `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"e"},"data":{"a":"\ud83d\ude00\/"}}`,
		"list.yaml":         "apiVersion: v1\nkind: List\nmetadata: {resourceVersion: \"\"}\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: l1}}\n- apiVersion: v1\n  kind: List\n  items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: l2}}]\n",
	})
	if err := os.Symlink("../b.yaml", "conf/link.yaml"); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		sources []string
		options Options
		want    []string
	}{
		"file":      {[]string{"b.yaml"}, Options{}, []string{`b.yaml: configmap "b"`}},
		"several":   {[]string{"b.yaml", "several.yml"}, Options{}, []string{`b.yaml: configmap "b"`, `several.yml (document 1): configmap "one"`, `several.yml (document 2): configmap "two"`}},
		"twice":     {[]string{"b.yaml", "./b.yaml"}, Options{}, []string{`b.yaml: configmap "b"`}},
		"directory": {[]string{"conf"}, Options{}, []string{`conf/a.json: configmap "a"`, `conf/link.yaml: configmap "b"`, `conf/m.yml: configmap "m"`, `conf/z.yaml: configmap "z"`}},
		"recursive": {[]string{"conf/"}, Options{Recursive: true}, []string{`conf/a.json: configmap "a"`, `conf/link.yaml: configmap "b"`, `conf/m.yml: configmap "m"`, `conf/sub/s.yaml: configmap "s"`, `conf/z.yaml: configmap "z"`}},
		"stdin":     {[]string{"-"}, Options{Stdin: strings.NewReader(configMap("in"))}, []string{`stdin: configmap "in"`}},
		"no stdin":  {[]string{"-"}, Options{}, []string{`stdin: there is no standard input to read`}},
		"crlf":      {[]string{"crlf.yaml"}, Options{}, []string{`crlf.yaml (document 1): configmap "crlf"`, `crlf.yaml (document 2): configmap "lf"`}},
		"bom":       {[]string{"bom.yaml"}, Options{}, []string{`bom.yaml: configmap "bom"`}},
		"directive": {[]string{"directive.yaml"}, Options{}, []string{`directive.yaml (document 1): configmap "d1"`, `directive.yaml (document 2): configmap "d2"`}},
		"inline":    {[]string{"inline.yaml"}, Options{}, []string{`inline.yaml (document 1): configmap "i1"`, `inline.yaml (document 2): configmap "i2"`}},
		"block":     {[]string{"block.yaml"}, Options{}, []string{`block.yaml: configmap "block"`}},
		"stream":    {[]string{"stream.json"}, Options{}, []string{`stream.json (document 1): configmap "j1"`, `stream.json (document 2): configmap "j2"`}},
		"emoji":     {[]string{"emoji.json"}, Options{}, []string{`emoji.json: configmap "e"`}},
		"list":      {[]string{"list.yaml"}, Options{}, []string{`list.yaml: configmap "l1"`, `list.yaml: configmap "l2"`}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, order(t, test.options, test.sources...)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestSourceURL(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/web.yaml":
			fmt.Fprint(w, configMap("web"))
		case "/page":
			fmt.Fprint(w, "<!doctype html><html></html>")
		case "/large":
			for range maxSource/1024 + 1 {
				fmt.Fprint(w, strings.Repeat("#", 1024))
			}
		case "/moved":
			http.Redirect(w, r, "/web.yaml", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	for path, want := range map[string]string{
		"/web.yaml": `: configmap "web"`,
		"/moved":    `: configmap "web"`,
		"/nope":     ": the server answered 404 Not Found",
		"/page":     ": is a web page, not a manifest\n  hint: use the address of the raw file",
		"/large":    ": is larger than 16 MiB",
	} {
		got := order(t, Options{Client: server.Client()}, server.URL+path)
		if diff := cmp.Diff([]string{server.URL + path + want}, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", path, diff)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, problems := Load(ctx, []string{server.URL + "/web.yaml"}, Options{}); len(problems) != 1 || problems[0].Detail != "context canceled" {
		t.Errorf("cancelled: %v", problems)
	}
	server.Close()
	if _, problems := Load(context.Background(), []string{server.URL + "/web.yaml"}, Options{}); len(problems) != 1 || !strings.Contains(problems[0].Detail, "refused") {
		t.Errorf("closed: %v", problems)
	}
}

// Objects applied earlier answer references, give way to objects given now, and are not part of the order.
func TestStored(t *testing.T) {
	stored := [][]byte{
		[]byte(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"a":"old"}}`),
		[]byte(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"kept"},"data":{"a":"b"},"fieldOfTheFuture":1}`),
		[]byte(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"shop"},"spec":{"containers":[{"name":"c","image":"i"}]}}`),
		[]byte(`not an object`),
	}
	text := configMap("c") + "data: {a: new}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: c\n    image: i\n    envFrom:\n    - configMapRef: {name: kept}\n"
	set, problems := Load(context.Background(), []string{"-"}, Options{Stdin: strings.NewReader(text), Stored: stored})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got := set.ConfigMap("default", "c").Data["a"]; got != "new" {
		t.Errorf("data is %q", got)
	}
	if len(set.ConfigMaps) != 2 || !set.ConfigMaps[1].Stored || set.ConfigMaps[1].Origin.String() != `applied earlier: configmap "kept"` {
		t.Errorf("configmaps %+v", set.ConfigMaps)
	}
	if len(set.Pods) != 2 || !set.Pods[1].Stored || *set.Pods[1].Value.Spec.TerminationGracePeriodSeconds != 30 {
		t.Errorf("pods %+v", set.Pods)
	}
	if len(set.Order) != 2 {
		t.Errorf("order %v", set.Order)
	}
}

// Names that only a delete needs are found in manifests that could not be applied.
func TestIdentify(t *testing.T) {
	text := "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {wibble: 1}\n---\nkind: [\n---\n" + configMap("c")
	origins, problems := Identify(context.Background(), []string{"-"}, Options{Stdin: strings.NewReader(text), Namespace: "shop"})
	if len(origins) != 2 || origins[0].Name != "p" || origins[1].Namespace != "shop" || len(problems) != 1 {
		t.Errorf("%v %v", origins, problems)
	}
}

// A selector picks objects by their labels; what cannot be read is told all the same.
func TestSelector(t *testing.T) {
	text := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {app: shop}}\n---\nkind: [\n---\n" + configMap("b")
	selector, err := labels.Parse("app=shop")
	if err != nil {
		t.Fatal(err)
	}
	options := func() Options { return Options{Stdin: strings.NewReader(text), Selector: selector} }
	set, problems := Load(context.Background(), []string{"-"}, options())
	if len(set.ConfigMaps) != 1 || set.ConfigMaps[0].Value.Name != "a" || len(problems) != 1 {
		t.Errorf("%v %v", set.ConfigMaps, problems)
	}
	origins, problems := Identify(context.Background(), []string{"-"}, options())
	if len(origins) != 1 || origins[0].Name != "a" || len(problems) != 1 {
		t.Errorf("%v %v", origins, problems)
	}
}
