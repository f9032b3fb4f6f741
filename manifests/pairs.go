package manifests

import "go.yaml.in/yaml/v3"

// pair is one key of a mapping with its value.
type pair struct {
	name       string
	key, value *yaml.Node
}

// pairs collects the keys of one mapping. Most mappings are short, where a search is faster than a map.
type pairs struct {
	list  []pair
	index map[string]int // only of long mappings
}

func newPairs(n int) pairs {
	p := pairs{list: make([]pair, 0, n)}
	if n > 32 {
		p.index = make(map[string]int, n)
	}
	return p
}

func (p *pairs) lookup(name string) *pair {
	if p.index != nil {
		if i, ok := p.index[name]; ok {
			return &p.list[i]
		}
		return nil
	}
	for i := range p.list {
		if p.list[i].name == name {
			return &p.list[i]
		}
	}
	return nil
}

func (p *pairs) add(name string, key, value *yaml.Node) {
	if p.index != nil {
		p.index[name] = len(p.list)
	}
	p.list = append(p.list, pair{name, key, value})
}

// pairs lists the keys of a mapping in the order written, with the merge key "<<" resolved (what the mapping itself
// says wins) and duplicate keys reported.
func (d *decoder) pairs(n *yaml.Node, s *schema) []pair {
	found := newPairs(len(n.Content) / 2)
	merged := false
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if isMerge(key) {
			merged = true
			continue
		}
		name, ok := keyName(key)
		if !ok {
			hint := "put quotes around the key"
			if isTemplate(n) {
				hint = templateHint
			}
			d.report(key, hint, "a key is not a string")
		} else if first := found.lookup(name); first != nil {
			d.duplicate(s, name, first.key, key)
		} else {
			found.add(name, key, value)
		}
	}
	for i := 0; merged && i+1 < len(n.Content); i += 2 {
		if isMerge(n.Content[i]) {
			d.merge(&found, n.Content[i+1], 0)
		}
	}
	return found.list
}

func (d *decoder) merge(into *pairs, n *yaml.Node, depth int) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	d.visited++
	switch {
	case depth > 10 || d.visited > maxVisited:
		d.report(n, "", "merge keys are nested too deep")
	case n.Kind == yaml.SequenceNode:
		for _, item := range n.Content {
			d.merge(into, item, depth+1)
		}
	case n.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			if isMerge(key) {
				d.merge(into, value, depth+1)
			} else if name, ok := keyName(key); ok && into.lookup(name) == nil {
				into.add(name, key, value)
			}
		}
	default:
		d.report(n, "", "the merge key << needs a mapping")
	}
}

func (d *decoder) duplicate(s *schema, name string, first, second *yaml.Node) {
	from := d.document.firstLine - 1
	d.in(s, name, func() {
		d.report(second, "keep one of the two", "is set twice, on lines %d and %d", first.Line+from, second.Line+from)
	})
}

func isMerge(key *yaml.Node) bool {
	return key.Kind == yaml.ScalarNode && key.Value == "<<" && (key.Style == 0 || key.ShortTag() == "!!merge")
}

// keyName is the key as JSON spells it: YAML reads the key 80 as a number and yes as true.
func keyName(key *yaml.Node) (string, bool) {
	if key.Kind == yaml.AliasNode {
		key = key.Alias
	}
	if key.Kind != yaml.ScalarNode {
		return "", false
	}
	if key.Style == 0 && isWord(key.Value) {
		return key.Value, true
	}
	switch v := resolve(key); v.kind {
	case stringScalar:
		return v.text, true
	case boolScalar:
		if v.b {
			return "true", true
		}
		return "false", true
	case intScalar, floatScalar:
		return v.number(), true
	}
	return "", false
}

// isWord says that a plain key needs no resolving: nearly all keys, and looking them up would be
// the slowest part of reading a mapping.
func isWord(s string) bool {
	return len(s) > 5 && ('a' <= s[0] && s[0] <= 'z' || 'A' <= s[0] && s[0] <= 'Z')
}
