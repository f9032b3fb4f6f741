// Package rootless tells what a host keeps from the pods of a user, before anything is changed: ports, ids, limits, and a
// session that outlives the login. It looks once ([Read]); what follows from that ([Host.Check]) is pure.
//
//	host := rootless.Read(os.DirFS("/"), os.Geteuid(), os.Getenv)
//	for _, p := range host.Check(want) {
//		fmt.Println(p)
//	}
//
// Neither changes anything: each problem names the command that mends it.
package rootless
