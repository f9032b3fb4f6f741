package systemd

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	"github.com/coreos/go-systemd/v22/unit"
)

// File is a unit file: ordered data.
type File struct {
	// Name is "kubehost-web.service".
	Name    string
	options []*unit.UnitOption
	// hint says what to do when a file that was not made for the same thing has its name.
	hint string
	// head is what the file begins with, instead of what those of units do.
	head string
}

// ownSection is where a file says what it was made for. systemd leaves it alone.
const ownSection = "X-Kubehost"

// set adds a directive; a list may stand in several of them.
func (f *File) set(section, key string, v value) {
	f.options = append(f.options, unit.NewUnitOption(section, key, string(v)))
}

// Text is the file as systemd reads it. It is the same for the same pod and host.
func (f File) Text() string {
	var b bytes.Buffer
	head := cmp.Or(f.head, "Made by kubehost, which writes it anew. What you add stays in a drop-in: systemctl edit "+f.Name)
	fmt.Fprintf(&b, "# %s\n\n", head)
	_, _ = b.ReadFrom(unit.Serialize(f.options)) // out of memory into memory
	return b.String()
}

// line is the whole line of a directive that stands once, as in [File.Text]; empty when it does not.
func (f File) line(key string) string {
	for _, o := range f.options {
		if o.Name == key {
			return key + "=" + o.Value + "\n"
		}
	}
	return ""
}

// mark is the line that says what the file was made for.
func (f File) mark() string {
	for _, o := range f.options {
		if o.Section == ownSection {
			return o.Name + "=" + o.Value + "\n"
		}
	}
	return ""
}

// has says whether a unit file holds that very line.
func has(content []byte, line string) bool {
	return line != "" && strings.Contains("\n"+string(content), "\n"+line)
}
