package supervise

import (
	"bytes"
	"errors"
	"slices"
)

var errNoCRILog = errors.New("not a log as Kubernetes has them")

const (
	// criOverhead is what short lines, and parts of lines, have in the file for a byte that was written.
	criOverhead = 4
	// criRecord is more than the longest record has: a runtime that reads 8 KiB at once writes no more.
	criRecord = 16 << 10
)

// criLog is the end of a log file that has Kubernetes's own format, as podman's k8s-file does.
// See https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md.
func criLog(path string, lines int64, keep int) (*tailWriter, error) {
	b, cut, err := tail(path, criOverhead*int64(keep)+criRecord)
	if err != nil {
		return nil, err
	}
	var texts [][]byte // the last one first
	for at := len(b); at > 0; {
		start := bytes.LastIndexByte(b[:at-1], '\n') + 1
		if start == 0 && cut {
			break // the beginning of this record is lost
		}
		text, ends, err := criText(b[start:at])
		if err != nil {
			return nil, err
		}
		if ends {
			if lines == 0 {
				cut = false
				break
			}
			lines--
		}
		texts = append(texts, text)
		at = start
	}
	end := &tailWriter{keep: keep, cut: cut}
	for _, text := range slices.Backward(texts) {
		end.Write(text)
	}
	return end, nil
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
