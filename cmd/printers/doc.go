// Package printers prints pods, and what they use, in kubectl's output formats.
//
//	p, err := printers.New(os.Stdout, "custom-columns=NAME:.metadata.name,PHASE:.status.phase")
//	err = p.Print(pods, false)
//
// prints
//
//	NAME   PHASE
//	web    Running
//
// The formats, their texts and mistakes follow kubectl's get, so that scripts written for that go on to work. Paths to fields are read
// here for others, too ([ParseField], [Values]), and what containers have a say in is kept from steering a terminal ([Escape]). The
// package prints what it is given: it asks no runtime, reads no state and knows no flags.
package printers
