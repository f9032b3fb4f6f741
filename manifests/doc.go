// Package manifests turns what users write (files, directories, URLs, standard
// input) into a checked and defaulted Set of upstream Kubernetes objects.
//
// Everything that can be wrong with a manifest is found here, in one
// run and before anything on the host is touched: [Load] returns all problems
// of all documents, in order. Decoding is strict, checks and defaults are those of the
// Kubernetes API server, and the field table ([Fields]) names each field of each
// upstream type, so that none is dropped in silence.
//
// The package may read the sources it is told to read and nothing else: it knows no
// container runtime, no host directory and no environment.
//
// Where a cluster leaves room, this package decides so:
//
//   - YAML is read as kubectl reads it (YAML 1.1: yes and on are booleans), and a key that is given twice is an error.
//   - Hidden files and directories are not read, nor is a file twice. An empty file in a directory is no
//     mistake; a source without any document is.
//   - What only follows from another mistake is not reported: a misspelt key makes nothing "required", and
//     as long as a document cannot be read, no reference counts as dangling.
//   - Values that may be secret (all text but the names of things) appear in no problem.
//   - A mountPath must not have ':' and two spellings of one path are the same; hostPath must be absolute. A kubelet
//     finds these too late or not at all.
//   - A claim needs no PersistentVolumeClaim; ConfigMaps and Secrets must be given, applied earlier, or optional.
//
// All that a caller needs:
//
//	set, problems := manifests.Load(ctx, []string{"web.yaml"}, manifests.Options{})
//	if problems.HasErrors() {
//		problems.Print(os.Stderr)
//	}
package manifests
