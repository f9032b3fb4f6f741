// Package settings finds what holds for every command: where things are kept, which runtime and which supervisor new pods get.
//
//	user := settings.User{UID: os.Geteuid(), Getenv: os.Getenv}
//	s, err := user.Settings(c) // c has the flags of a command
//	store := runtime.Store{Dir: s.StateDir}
//
// A flag counts before the environment, that before the configuration file, that before the default. [Table] lists all of them, and
// the pages are printed from it: a setting that is not there cannot be in the file.
//
// The package only reads. It makes no directory, and asks no runtime: where a setting leaves the choice, as
// [Auto] does, others choose.
package settings
