package pause

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

//go:generate ./build.sh

var (
	//go:embed pause-amd64
	amd64 []byte
	//go:embed pause-arm64
	arm64 []byte
)

// Repository is the name of the image without its tag.
const Repository = "kubehost/pause"

// Binary returns the static pause executable for an architecture by Go's name
// for it (GOARCH, which is also what docker reports), or nil where there is none.
func Binary(arch string) []byte {
	switch arch {
	case "amd64":
		return amd64
	case "arm64":
		return arm64
	}
	return nil
}

// Image returns the infra image for an architecture: its reference, and an
// archive for "docker load" that brings the image in under that reference.
func Image(arch string) (ref string, archive []byte, err error) {
	bin := Binary(arch)
	if bin == nil {
		return "", nil, fmt.Errorf("no pause process for architecture %q, only for amd64 and arm64", arch)
	}
	layer := tarball(entry{"pause", 0o755, bin})
	conf := document(newConfig(arch, digest(layer)))

	id := digest(conf) // which is the image's ID at the engine
	ref = Repository + ":" + id[:12]
	return ref, tarball(
		entry{id + ".json", 0o644, conf},
		entry{"layer.tar", 0o644, layer},
		entry{"manifest.json", 0o644, document([]manifest{{
			Config: id + ".json", RepoTags: []string{ref}, Layers: []string{"layer.tar"},
		}})},
	), nil
}

// Compress returns the archive gzipped, which "docker load" reads just as well: a sixth of the
// size, for scripts that carry the archive in their text.
func Compress(archive []byte) []byte {
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err == nil {
		_, err = z.Write(archive)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic("pause: " + err.Error()) // the level is valid, and a buffer takes every write
	}
	return buf.Bytes()
}

// manifest is the one element of a docker archive's manifest.json.
type manifest struct {
	Config   string
	RepoTags []string
	Layers   []string
}

// config is the part of an image's configuration that we set:
// https://github.com/opencontainers/image-spec/blob/main/config.md.
type config struct {
	Created      string    `json:"created"`
	Architecture string    `json:"architecture"`
	OS           string    `json:"os"`
	Config       process   `json:"config"`
	RootFS       rootFS    `json:"rootfs"`
	History      []history `json:"history"`
}

type process struct {
	Entrypoint []string
	// User is nobody in particular: waiting and reaping need no rights.
	User       string
	WorkingDir string
}

type rootFS struct {
	Type    string   `json:"type"`
	DiffIDs []string `json:"diff_ids"`
}

type history struct {
	Created   string `json:"created"`
	CreatedBy string `json:"created_by"`
}

func newConfig(arch, layer string) config {
	const epoch = "1970-01-01T00:00:00Z"
	return config{
		Created:      epoch,
		Architecture: arch,
		OS:           "linux",
		Config:       process{Entrypoint: []string{"/pause"}, User: "65535:65535", WorkingDir: "/"},
		RootFS:       rootFS{Type: "layers", DiffIDs: []string{"sha256:" + layer}},
		History:      []history{{Created: epoch, CreatedBy: "kubehost: holds a pod's namespaces"}},
	}
}

type entry struct {
	name string
	mode int64
	data []byte
}

// tarball packs the entries, all owned by root, without times.
func tarball(entries ...entry) []byte {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, e := range entries {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: e.name, Mode: e.mode, Size: int64(len(e.data)), Format: tar.FormatUSTAR}
		err := w.WriteHeader(h)
		if err == nil {
			_, err = w.Write(e.data)
		}
		if err != nil {
			panic("pause: " + err.Error()) // names are short, and a buffer takes every write
		}
	}
	if err := w.Close(); err != nil {
		panic("pause: " + err.Error())
	}
	return buf.Bytes()
}

func document(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("pause: " + err.Error()) // the types above hold only strings
	}
	return b
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
