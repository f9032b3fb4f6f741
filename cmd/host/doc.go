// Package host looks at this host for what a translation must know of it.
//
//	h := host.Look(s)                    // addresses, name servers, memory, what the kernel enforces
//	h.Journal = host.HasJournal(user, s) // whether output goes to the journal
//	h.EnvFiles = host.EnvFiles(set)      // the files that annotations name
//	p, problems := translate.Translate(set, h)
//
// Package translate is pure and looks at nothing itself; this package is its eyes, and decides nothing. It runs no command, and what
// cannot be found out is left empty.
package host
