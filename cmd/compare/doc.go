// Package compare sets an object as it was applied last beside the same object as it would be applied now.
//
//	pair, err := compare.Objects(origin, live, merged)
//	os.Stdout.Write(pair.Unified()) // as kubectl diff prints it; nothing when they are the same
//
// Values of a Secret never get into a [Pair]: of one that is in both objects can be seen whether it changes. The package reads no
// file and runs no other diff.
package compare
