package manifests

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// lineOf is the line of the key at a path such as "spec.containers[1].image", counted from where the
// node's document starts; where the field is missing, that of its nearest parent.
func lineOf(n *yaml.Node, path string) int {
	line := n.Line
	for path != "" {
		n = target(n)
		var key string
		var next *yaml.Node
		switch {
		case path[0] == '[':
			key, path, _ = strings.Cut(path[1:], "]")
			if n.Kind == yaml.SequenceNode {
				i, err := strconv.Atoi(key)
				if err != nil || i < 0 || i >= len(n.Content) {
					return line
				}
				n = n.Content[i]
				line = n.Line
				continue
			}
		default:
			path = strings.TrimPrefix(path, ".")
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				end = len(path)
			}
			key, path = path[:end], path[end:]
		}
		if n.Kind != yaml.MappingNode {
			return line
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				line, next = n.Content[i].Line, n.Content[i+1]
				break
			}
		}
		if next == nil {
			return line
		}
		n = next
	}
	return line
}
