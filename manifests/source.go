package manifests

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The limits on what a source may be: a manifest is text written by people, 1,000 pods are 2 MB.
const (
	maxSource  = 16 << 20
	urlTimeout = 30 * time.Second
)

// extensions are those of the files that are read in a directory.
var extensions = []string{".yaml", ".yml", ".json"}

// source is the content of one file, URL or standard input, or what is wrong with it.
type source struct {
	name    string
	data    []byte
	problem *Problem
	// alone says that the user named this source itself, not the directory that it is in.
	alone bool
}

// readSources reads all sources in order; a file that is named twice is read once.
func readSources(ctx context.Context, names []string, o Options) []source {
	r := sourceReader{ctx: ctx, Options: o, seen: map[string]bool{}}
	for _, name := range names {
		r.read(name)
	}
	return r.found
}

type sourceReader struct {
	Options
	ctx   context.Context
	seen  map[string]bool
	found []source
}

func (r *sourceReader) fail(name, hint, format string, args ...any) {
	r.found = append(r.found, source{name: name, problem: &Problem{Detail: fmt.Sprintf(format, args...), Hint: hint}})
}

func (r *sourceReader) read(name string) {
	switch {
	case name == "":
		r.fail(`""`, "name a file, a directory, a URL or - for standard input", "is not a source")
	case name == "-":
		r.stdin()
	case strings.HasPrefix(name, "http://"), strings.HasPrefix(name, "https://"):
		r.url(name)
	default:
		r.path(name)
	}
}

func (r *sourceReader) stdin() {
	const name = "stdin"
	if r.seen[name] {
		return
	}
	r.seen[name] = true
	if r.Stdin == nil {
		r.fail(name, "", "there is no standard input to read")
		return
	}
	r.content(name, r.Stdin, true)
}

func (r *sourceReader) path(name string) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.fail(name, nearFile(name), "does not exist")
	case err != nil:
		r.fail(name, "", "%s", cause(err))
	case info.IsDir():
		r.directory(name)
	default:
		r.file(name, true)
	}
}

func (r *sourceReader) file(name string, alone bool) {
	key := filepath.Clean(name)
	if absolute, err := filepath.Abs(name); err == nil {
		key = absolute
	}
	if r.seen[key] {
		return
	}
	r.seen[key] = true
	f, err := os.Open(name)
	if err != nil {
		r.fail(name, "", "%s", cause(err))
		return
	}
	defer f.Close()
	r.content(name, f, alone)
}

func (r *sourceReader) content(name string, from io.Reader, alone bool) {
	data, err := io.ReadAll(io.LimitReader(from, maxSource+1))
	switch {
	case err != nil:
		r.fail(name, "", "%s", cause(err))
	case len(data) > maxSource:
		r.fail(name, "", "is larger than %d MiB", maxSource>>20)
	default:
		r.found = append(r.found, source{name: name, data: data, alone: alone})
	}
}

// directory reads the manifests of a directory, sorted by path. What is hidden stays hidden:
// editors keep their copies there, and so does a mounted ConfigMap.
func (r *sourceReader) directory(name string) {
	var files []string
	deeper := false
	err := filepath.WalkDir(name, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path == name {
			return nil
		}
		hidden := strings.HasPrefix(e.Name(), ".")
		if e.IsDir() {
			deeper = deeper || !hidden
			if hidden || !r.Recursive {
				return fs.SkipDir
			}
			return nil
		}
		if !hidden && slices.Contains(extensions, filepath.Ext(path)) && !isDirectory(path) {
			files = append(files, path)
		}
		return nil
	})
	switch {
	case err != nil:
		r.fail(name, "", "%s", cause(err))
	case len(files) == 0 && deeper && !r.Recursive:
		r.fail(name, "use -R to read the directories below it too", "holds no .yaml, .yml or .json file")
	case len(files) == 0:
		r.fail(name, "", "holds no .yaml, .yml or .json file")
	}
	slices.Sort(files)
	for _, f := range files {
		r.file(f, false)
	}
}

// isDirectory follows links, which a directory's listing does not.
func isDirectory(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func (r *sourceReader) url(name string) {
	if r.seen[name] {
		return
	}
	r.seen[name] = true
	ctx, cancel := context.WithTimeout(r.ctx, urlTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, name, nil)
	if err != nil {
		r.fail(name, "", "is not a URL")
		return
	}
	client := r.Client
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		r.fail(name, "", "%s", cause(err))
		return
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode != http.StatusOK:
		r.fail(name, "", "the server answered %s", response.Status)
	case strings.HasPrefix(response.Header.Get("Content-Type"), "text/html"):
		r.fail(name, "use the address of the raw file", "is a web page, not a manifest")
	default:
		r.content(name, response.Body, true)
	}
}

// cause is the reason in an error without the path or URL, which the message has already.
func cause(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Sprintf("gave no answer within %s", urlTimeout)
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err.Error()
}

// nearFile is the hint for a file that does not exist: one beside it with nearly the same name.
func nearFile(name string) string {
	dir, base := filepath.Split(name)
	entries, err := os.ReadDir(filepath.Clean(dir))
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	wanted := stem(base)
	for _, n := range names {
		if stem(n) == wanted && slices.Contains(extensions, filepath.Ext(n)) {
			return "did you mean " + dir + n + "?"
		}
	}
	stems := make([]string, len(names))
	for i, n := range names {
		stems[i] = stem(n)
	}
	if near := closest(wanted, stems); near != "" {
		return "did you mean " + dir + names[slices.Index(stems, near)] + "?"
	}
	return ""
}

// stem is a file's name without its extension.
func stem(name string) string { return strings.TrimSuffix(name, filepath.Ext(name)) }
