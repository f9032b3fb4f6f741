package supervise

import "time"

// Somebody may set the host's clock while a pod runs, and the runtime tells its times by that clock. Go's times carry a second
// reading, of a clock that nobody sets, and reckon with it where both have one. So each time that pauses, periods and
// deadlines are counted from gets that reading as soon as it is known: as of a supervisor's first look at it.

// steady is a time that was told by the host's clock, for reckoning.
func steady(t, now time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return now.Add(t.Sub(now))
}

// past is one of something that has happened. The clock may have been put back since.
func past(t, now time.Time) time.Time {
	if t.After(now) {
		return now
	}
	return steady(t, now)
}

// ahead is one of something that is at most that far away.
func ahead(t, now time.Time, most time.Duration) time.Time {
	if last := now.Add(most); t.After(last) {
		return last
	}
	return steady(t, now)
}

func (l *look) past(t time.Time) time.Time { return past(t, l.now) }
