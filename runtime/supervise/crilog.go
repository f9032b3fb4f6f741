package supervise

import (
	"bytes"
	"errors"
	"slices"
)

var errNoCRILog = errors.New("not a log as Kubernetes has them")

// How much of a log file is read to find its end: at first, and at the most, where a program writes byte by byte and each is a record.
const (
	firstWindow = 64 << 10
	lastWindow  = 16 << 20
)

// criLog is the end of a log file that has Kubernetes's own format, as podman's k8s-file does.
// See https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md.
func criLog(path string, lines int64, keep int) (*tailWriter, error) {
	for window := int64(firstWindow); ; window *= 4 {
		b, cut, err := tail(path, window)
		if err != nil {
			return nil, err
		}
		texts, more, err := criTexts(b, cut, lines, keep)
		switch {
		case err != nil:
			return nil, err
		case more && window < lastWindow:
			continue
		case more && len(texts) == 0:
			return nil, errNoCRILog
		}
		end := &tailWriter{keep: keep, cut: more}
		for _, text := range slices.Backward(texts) {
			end.Write(text)
		}
		return end, nil
	}
}

// criTexts are what the last records of a log say was written, the last one first: of so many lines, or as much as is to be kept. When there
// is not enough of them in b, and b is cut, there are more before it.
func criTexts(b []byte, cut bool, lines int64, keep int) (texts [][]byte, more bool, err error) {
	size := 0
	for at := len(b); at > 0 && size <= keep; {
		start := bytes.LastIndexByte(b[:at-1], '\n') + 1
		if start == 0 && cut {
			return texts, true, nil // the beginning of this record is lost
		}
		text, ends, err := criText(b[start:at])
		if err != nil {
			return nil, false, err
		}
		if ends || len(texts) == 0 {
			if lines == 0 {
				return texts, false, nil
			}
			lines--
		}
		texts, size, at = append(texts, text), size+len(text), start
	}
	return texts, cut && size <= keep, nil
}

// criText is what a record, TIME STREAM TAG TEXT and a newline, says was written, and whether a line ends with it: a line may be in
// several records, all but the last of which have a tag that begins with P.
func criText(record []byte) (text []byte, ends bool, err error) {
	fields := bytes.SplitN(record, []byte{' '}, 4)
	if len(fields) < 4 || len(fields[2]) == 0 {
		return nil, false, errNoCRILog
	}
	switch text = fields[3]; fields[2][0] {
	case 'F':
		return text, true, nil
	case 'P':
		return bytes.TrimSuffix(text, []byte{'\n'}), false, nil
	}
	return nil, false, errNoCRILog
}
