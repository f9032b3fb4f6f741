// Package archive is the tar streams by which files go into containers and come out of them.
//
//	p := archive.Packer{Name: "page.html", UID: 101, GID: 101, Warn: warn} // archive.IDs tells the ids of a process
//	err := p.Pack(w, "./page.html")
//
//	u := archive.Unpacker{To: "./etc", Name: "etc", Warn: warn}
//	err := u.Unpack(r)
//
// It runs no command and knows no runtime: who reads or writes the other end of a stream is its caller's affair. A container is not
// trusted: whatever an archive says, nothing is written outside of the place that was named, no symlink leads out of it, and
// no file gets the rights of its owner. A user's own symlink to that place is followed.
package archive
