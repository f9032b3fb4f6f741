package supervise

import (
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// slimmer gives memory back between two things to do. A supervisor sleeps nearly all the time, and there is one for each
// pod: what it used for a moment is worth more to the host.
type slimmer struct {
	// program are the parts of the program's file that lie in memory as they are in the file, once they are known.
	program []span
	known   bool
	last    time.Time
	// due says that something was done since then.
	due bool
}

type span struct{ from, to uintptr }

// slimPause is the least time between two times of giving back: to fetch again what is needed again takes a millisecond or two.
const slimPause = 2 * time.Second

// when is the time to give back; zero when there is nothing to.
func (s *slimmer) when() time.Time {
	if !s.due {
		return time.Time{}
	}
	return s.last.Add(slimPause)
}

// slim gives back what garbage held, and the pages of the program that were touched. They are two thirds of all: the kernel
// maps sixteen at a time, and starting up runs through most of the program once. Those that are needed again come from
// the page cache, which has them as long as anybody runs the program.
func (s *slimmer) slim() {
	debug.FreeOSMemory()
	if !s.known {
		s.program, s.known = unchanged(), true
	}
	for _, p := range s.program {
		// What cannot be given back stays.
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, p.from, p.to-p.from, unix.MADV_DONTNEED)
	}
	s.last, s.due = time.Now(), false
}

// unchanged finds the parts of files in the memory of this process that cannot be written, and have not been: what the
// dynamic linker or a debugger has changed would be lost.
func unchanged() []span {
	b, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		return nil
	}
	return spans(string(b))
}

// spans reads smaps: for each mapping a line like
//
//	00400000-00cca000 r-xp 00000000 fe:00 10190999 /usr/bin/kubehost
//
// and then lines of numbers. Anonymous is what is no longer that of the file.
func spans(smaps string) []span {
	var found []span
	var s span
	for line := range strings.Lines(smaps) {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		if from, to, ok := strings.Cut(f[0], "-"); ok {
			s = span{}
			if len(f) > 5 && strings.HasPrefix(f[5], "/") && (f[1] == "r--p" || f[1] == "r-xp") {
				s = span{address(from), address(to)}
			}
		} else if f[0] == "Anonymous:" && f[1] == "0" && s.to > s.from {
			found = append(found, s)
		}
	}
	return found
}

func address(hex string) uintptr {
	n, _ := strconv.ParseUint(hex, 16, 64) // the kernel writes nothing else
	return uintptr(n)
}
