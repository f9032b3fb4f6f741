package main

import (
	"bytes"
	"fmt"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pages are the texts for users, by file name.
func pages(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, f := range append(files, "../../README.md") {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		texts[f] = string(b)
	}
	return texts
}

// block is a fenced or indented block of a page; lang is what stands behind the fence.
type block struct{ lang, text string }

func blocks(page string) []block {
	var all []block
	fence := ""
	open := false // the line before belonged to an indented block
	for line := range strings.Lines(page) {
		switch {
		case fence == "" && strings.HasPrefix(line, "```"):
			fence = "```"
			all = append(all, block{lang: strings.TrimSpace(strings.TrimPrefix(line, "```"))})
		case fence != "" && strings.HasPrefix(line, fence):
			fence = ""
		case fence != "":
			all[len(all)-1].text += line
		case strings.HasPrefix(line, "    "):
			if !open {
				all = append(all, block{})
			}
			all[len(all)-1].text += line[4:]
		}
		open = fence == "" && strings.HasPrefix(line, "    ")
	}
	return all
}

// absent is said of what the host of a reader would have.
var absent = regexp.MustCompile(`(?m)^.*: warning: \S+: no such file or directory\n  hint: .*\n`)

// TestManifestsOfPages: every manifest that a page shows is one that kubehost takes, without a warning.
func TestManifestsOfPages(t *testing.T) {
	n := 0
	for name, text := range pages(t) {
		for _, b := range blocks(text) {
			if b.lang != "yaml" || !strings.Contains(b.text, "apiVersion:") {
				continue
			}
			n++
			var stderr bytes.Buffer
			p := &program{stdin: strings.NewReader(b.text), stdout: &bytes.Buffer{}, stderr: &stderr,
				getenv: func(v string) string { return map[string]string{"KUBEHOST_STATE_DIR": t.TempDir()}[v] }}
			code := p.main([]string{"kubehost", "validate", "-f", "-"})
			if said := absent.ReplaceAllString(stderr.String(), ""); code != 0 || said != "" {
				t.Errorf("%s: exit status %d\n%s\n%s", name, code, said, b.text)
			}
		}
	}
	if n == 0 {
		t.Error("no page shows a manifest")
	}
}

var link = regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`)

// TestLinksOfPages: what pages link to in this repository is there.
func TestLinksOfPages(t *testing.T) {
	for name, text := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), m[1])); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

var quoted = regexp.MustCompile("`([^`]*)`")

// TestErrorsOfPages: what the page on errors quotes in its headings is said somewhere in the program.
func TestErrorsOfPages(t *testing.T) {
	said := programTexts(t)
	for line := range strings.Lines(pages(t)["../../docs/troubleshooting.md"]) {
		if !strings.HasPrefix(line, "### ") {
			continue
		}
		for _, m := range quoted.FindAllStringSubmatch(line, -1) {
			for part := range strings.SplitSeq(m[1], "…") {
				if part = strings.TrimLeft(strings.TrimSpace(part), ": "); !strings.Contains(said, part) {
					t.Errorf("nothing says %q", part)
				}
			}
		}
	}
}

// programTexts are the texts in the source of the program, without tests and comments.
func programTexts(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, dir := range []string{"..", "../../manifests", "../../translate", "../../runtime"} {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
				return err
			}
			text, err := os.ReadFile(name)
			var s scanner.Scanner
			s.Init(token.NewFileSet().AddFile(name, -1, len(text)), text, nil, 0)
			for {
				_, tok, literal := s.Scan()
				if tok == token.STRING {
					fmt.Fprintln(&b, literal)
				} else if tok == token.EOF {
					return err
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}
