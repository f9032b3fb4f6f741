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
//	set, problems := manifests.Load(ctx, []string{"web.yaml"}, manifests.Options{})
//	if problems.HasErrors() {
//		problems.Print(os.Stderr)
//	}
package manifests
