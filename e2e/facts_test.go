package e2e

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

//go:embed facts.tsv
var factsTable string

// knownFact is a line of facts.tsv.
type knownFact struct{ number, class, title, note string }

// knownFacts reads facts.tsv.
var knownFacts = sync.OnceValues(func() ([]knownFact, error) {
	var all []knownFact
	seen := map[string]bool{}
	for line := range strings.Lines(factsTable) {
		line = strings.TrimRight(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		cells := append(strings.Split(line, "\t"), "")
		if len(cells) < 4 || len(cells) > 5 {
			return nil, fmt.Errorf("facts.tsv: %q is not number, class, title and note", line)
		}
		f := knownFact{cells[0], cells[1], cells[2], cells[3]}
		if !slices.Contains([]string{"shown", "unit", "differs", "kubelet"}, f.class) {
			return nil, fmt.Errorf("facts.tsv: fact %s has the unknown class %q", f.number, f.class)
		}
		if seen[f.number] || f.title == "" || (f.note == "") != (f.class == "shown") {
			return nil, fmt.Errorf("facts.tsv: fact %s stands twice, has no title, or a note too many or too few", f.number)
		}
		seen[f.number] = true
		all = append(all, f)
	}
	return all, nil
})

// claims are what the scripts that passed said of facts, by runtime, then by number: the reason of a
// deviation, or "".
var claims = struct {
	sync.Mutex
	scripts map[string]int // that ran, passed or not
	of      map[string]map[string]string
}{scripts: map[string]int{}, of: map[string]map[string]string{}}

// fact says that the script has shown these facts: fact 1.1 1.2
func fact(ts *testscript.TestScript, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: fact N…")
	}
	for _, n := range args {
		of(ts).claim(ts, n, "")
	}
}

// deviates says that the script has shown what is so instead of a fact: deviates 14.1 'ports are on loopback'
func deviates(ts *testscript.TestScript, args []string) {
	if len(args) != 2 || args[1] == "" {
		ts.Fatalf("usage: deviates N 'reason'")
	}
	of(ts).claim(ts, args[0], args[1])
}

func (s *script) claim(ts *testscript.TestScript, number, reason string) {
	known, err := knownFacts()
	ts.Check(err)
	if !slices.ContainsFunc(known, func(f knownFact) bool { return f.number == number }) {
		ts.Fatalf("facts.tsv has no fact %s", number)
	}
	if s.facts == nil {
		s.facts = map[string]string{}
	}
	s.facts[number] = s.facts[number] + reason
}

// count notes what a script claimed, once it has ended. What one that failed says is not believed.
func (s *script) count(failed bool) {
	claims.Lock()
	defer claims.Unlock()
	claims.scripts[s.name]++
	if failed {
		return
	}
	all := claims.of[s.name]
	if all == nil {
		all = map[string]string{}
		claims.of[s.name] = all
	}
	for number, reason := range s.facts {
		if all[number] == "" { // a deviation weighs more than what holds in another script
			all[number] = reason
		}
	}
}

// tellFacts prints how many facts hold on a runtime. When all scripts ran, a fact about which nothing was said is a failure.
func tellFacts(t *testing.T, runtime string) {
	known, err := knownFacts()
	if err != nil {
		t.Fatal(err)
	}
	scripts, _ := filepath.Glob("testdata/*.txtar")
	claims.Lock()
	defer claims.Unlock()
	whole := claims.scripts[runtime] == len(scripts)
	if claims.scripts[runtime] == 0 {
		return
	}
	var all, hold, deviate int
	var unsaid []string
	for _, f := range known {
		reason, claimed := claims.of[runtime][f.number]
		if f.class == "kubelet" {
			continue
		}
		all++
		switch {
		case reason != "" || f.class == "differs":
			deviate++
		case claimed || f.class == "unit":
			hold++
		default:
			unsaid = append(unsaid, f.number)
		}
	}
	part := ""
	if !whole {
		part = fmt.Sprintf(" (%d of %d scripts ran)", claims.scripts[runtime], len(scripts))
	}
	fmt.Printf("facts: %s %d of %d hold, %d deviate%s\n", runtime, hold, all, deviate, part)
	if !whole || len(unsaid) == 0 {
		return
	}
	t.Errorf("no script shows these facts on %s, and none says that they deviate: %s", runtime, strings.Join(unsaid, " "))
}

// TestFactsNameTheirTests holds the notes of facts that no script shows against the tests that are there.
func TestFactsNameTheirTests(t *testing.T) {
	known, err := knownFacts()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range known {
		files := strings.Fields(f.note)
		switch f.class {
		case "differs":
			files = strings.Fields(strings.SplitN(f.note, ":", 2)[0])
		case "unit":
		default:
			continue
		}
		for _, file := range files {
			b, err := os.ReadFile(filepath.Join("..", file))
			if err != nil {
				t.Errorf("fact %s: %v", f.number, err)
			}
			// Those of the supervisor hold many facts each, and name them.
			if strings.HasPrefix(file, "runtime/") && !slices.Contains(regexp.MustCompile(`[0-9]+\.[0-9]+`).FindAllString(string(b), -1), f.number) {
				t.Errorf("fact %s: %s does not name it", f.number, file)
			}
		}
	}
}
