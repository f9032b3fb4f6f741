package manifests

import "bytes"

// chunk is the text of one document of a YAML stream.
type chunk struct {
	text []byte
	line int // the line of the file on which the text starts, from 1
}

// split cuts a YAML stream at its document markers. A marker inside a block or quoted
// scalar is impossible in YAML, so looking at the start of each line is exact. Documents are cut apart
// before they are parsed, so that a syntax error in one does not hide what is wrong in the next.
func split(data []byte) []chunk {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var chunks []chunk
	current := chunk{line: 1}
	start, line := 0, 1
	content := false // the chunk has more than comments, directives and white space
	directives := false
	end := func(at int) {
		current.text = data[start:at]
		if content {
			chunks = append(chunks, current)
		}
		start, content, directives = at, false, false
		current = chunk{line: line}
	}
	for at := 0; at < len(data); line++ {
		next := len(data)
		if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
			next = at + i + 1
		}
		text := data[at:next]
		switch {
		case marker(text, "---"):
			if !directives {
				end(at)
			}
			directives = false
			content = blank(text[3:]) == false
		case marker(text, "..."):
			end(at)
			start, current.line = next, line+1
		case !content && len(text) > 0 && text[0] == '%':
			directives = true
		case !content:
			content = !blank(text)
		}
		at = next
	}
	end(len(data))
	return chunks
}

// marker says whether a line is that document marker: followed by white space or nothing.
func marker(line []byte, m string) bool {
	if !bytes.HasPrefix(line, []byte(m)) {
		return false
	}
	return len(line) == 3 || bytes.IndexByte([]byte(" \t\r\n"), line[3]) >= 0
}

// blank says whether a line has nothing but white space and a comment.
func blank(line []byte) bool {
	line = bytes.TrimLeft(line, " \t\r\n")
	return len(line) == 0 || line[0] == '#'
}
