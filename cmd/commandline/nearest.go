package commandline

import (
	"slices"
	"strings"
)

// Nearest is the candidate that a mistyped word most likely means; "" when none is near. In a short word one slip makes it
// another: "pods" is no mistyped "logs".
func Nearest(word string, candidates []string) string {
	best, least := "", 3
	candidates = slices.Sorted(slices.Values(candidates))
	for _, c := range candidates {
		if len(c) < 3 {
			continue
		}
		if len(word) >= 3 && strings.HasPrefix(c, word) {
			return c
		}
		if d := distance(word, c); d < least && d <= max(1, len(c)/3) {
			best, least = c, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace, or swap with the next one (optimal string alignment).
func distance(a, b string) int {
	var before, row, next []int // the rows of the last but one letter of a, of the last one, and of this one
	for j := range len(b) + 1 {
		row = append(row, j)
	}
	for i := 1; i <= len(a); i++ {
		next = append([]int(nil), i)
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			next = append(next, d)
		}
		before, row = row, next
	}
	return row[len(b)]
}
