package manifests

import (
	"context"
	"io"
	"net/http"
)

// Options says how sources are read.
type Options struct {
	// Recursive reads directories with all that is below them.
	Recursive bool
	// Stdin is what the source "-" stands for.
	Stdin io.Reader
	// Client fetches URLs; nil is http.DefaultClient.
	Client *http.Client
	// Namespace is the namespace of objects that name none; empty is "default".
	Namespace string
	// Stored are objects applied earlier, as JSON: references are resolved
	// in them when nothing given has that name. Origins of theirs read "applied earlier".
	Stored [][]byte
}

// Load reads the sources (file, directory, http(s) URL, "-"), decodes each document
// strictly, fills in the defaults of the API server and checks everything. All problems of all documents are
// returned, in order; the Set is complete only when none of them is an error.
func Load(ctx context.Context, sources []string, o Options) (*Set, Problems) {
	panic("to be written")
}
