package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	goruntime "runtime"
	"strings"
	"sync"
)

// imageRef is the image that the scripts' containers run.
const imageRef = "localhost/kubehost-e2e:1"

// hold is the image's entrypoint. A shell as PID 1 would not end on SIGTERM by itself, and
// every deletion would then wait for the grace period.
const hold = `#!/bin/sh
trap 'exit 0' TERM INT
echo "hold $*"
while :; do sleep 3600 & wait $!; done
`

// image is one image, as it stands in an archive or a registry.
type image struct {
	config []byte
	layer  []byte // a tar
	// arch is the processor that it is made for.
	arch string
}

// layer is the root file system: busybox and a few files.
var layer = sync.OnceValues(func() ([]byte, error) {
	path, err := exec.LookPath("busybox")
	if err != nil {
		return nil, errors.New("the test image is made of a static busybox, and there is none\nhint: apt-get install busybox-static")
	}
	busybox, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	applets, err := run(path, "--list")
	if err != nil {
		return nil, err
	}

	var t tarball
	for _, dir := range []string{"bin/", "data/", "etc/", "home/app/", "www/"} {
		t.add(&tar.Header{Typeflag: tar.TypeDir, Name: dir, Mode: 0o755}, nil)
	}
	t.add(&tar.Header{Typeflag: tar.TypeDir, Name: "tmp/", Mode: 0o1777}, nil)
	t.file("bin/busybox", 0o755, busybox)
	for _, applet := range strings.Fields(applets) {
		if applet != "busybox" {
			t.add(&tar.Header{Typeflag: tar.TypeSymlink, Name: "bin/" + applet, Linkname: "busybox", Mode: 0o777}, nil)
		}
	}
	t.file("bin/hold", 0o755, []byte(hold))
	t.file("etc/passwd", 0o644, []byte("root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:app:/home/app:/bin/sh\n"))
	t.file("etc/group", 0o644, []byte("root:x:0:\napp:x:1000:\nextra:x:2000:app\n"))
	return t.bytes()
})

// imageConfig is what an image says of its containers.
type imageConfig struct {
	user, stopSignal string
	// volume is a directory that a volume is made for.
	volume string
	env    []string
}

// newImage makes the test image. The author is nobody's business but makes it another image: one script may then remove
// its images while another uses its own.
func newImage(author string, c imageConfig) (image, error) {
	l, err := layer()
	if err != nil {
		return image{}, err
	}
	return configured(l, goruntime.GOARCH, author, c)
}

// foreignImage is one for another processor than this host's: its program is none that can be run.
func foreignImage(author string) (image, error) {
	header := append([]byte("\x7fELF\x02\x02\x01"), make([]byte, 57)...) // the other byte order
	header[17], header[19], header[23] = 2, 22, 1                        // an executable for s390x
	var t tarball
	t.file("bin/hold", 0o755, header)
	l, err := t.bytes()
	if err != nil {
		return image{}, err
	}
	return configured(l, "s390x", author, imageConfig{})
}

func configured(l []byte, arch, author string, c imageConfig) (image, error) {
	volumes := map[string]any{}
	if c.volume != "" {
		volumes[c.volume] = struct{}{}
	}
	conf, err := json.Marshal(map[string]any{
		"created":      "1970-01-01T00:00:00Z",
		"author":       author,
		"architecture": arch,
		"os":           "linux",
		"config": map[string]any{
			"Env":        append([]string{"PATH=/bin", "IMGVAR=from-image"}, c.env...),
			"Entrypoint": []string{"hold"},
			"Cmd":        []string{"image-cmd"},
			"User":       c.user,
			"StopSignal": c.stopSignal,
			"Volumes":    volumes,
		},
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{digest(l)}},
	})
	return image{conf, l, arch}, err
}

// archive is the image as "docker load" and "podman load" take it.
func (i image) archive(ref string) ([]byte, error) {
	name := strings.TrimPrefix(digest(i.config), "sha256:") + ".json"
	manifest, err := json.Marshal([]any{map[string]any{
		"Config": name, "RepoTags": []string{ref}, "Layers": []string{"layer.tar"},
	}})
	if err != nil {
		return nil, err
	}
	var t tarball
	t.file("manifest.json", 0o644, manifest)
	t.file(name, 0o644, i.config)
	t.file("layer.tar", 0o644, i.layer)
	return t.bytes()
}

// loadImage brings the test image into a runtime that does not have it.
func loadImage(runtime string) error {
	img, err := newImage("kubehost e2e", imageConfig{})
	if err != nil {
		return err
	}
	id, err := run(runtime, "image", "inspect", "--format", "{{.Id}}", imageRef)
	if err == nil && strings.HasSuffix(digest(img.config), id) {
		return nil
	}
	archive, err := img.archive(imageRef)
	if err != nil {
		return err
	}
	if _, err := pipe(archive, runtime, "load"); err != nil {
		return fmt.Errorf("load %s: %w", imageRef, err)
	}
	return nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// zipped compresses what is sent to a registry.
func zipped(b []byte) ([]byte, error) {
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(b); err != nil {
		return nil, err
	}
	err = z.Close()
	return buf.Bytes(), err
}

// tarball collects a tar archive; the first error is kept for the end.
type tarball struct {
	buf bytes.Buffer
	w   *tar.Writer
	err error
}

func (t *tarball) file(name string, mode int64, data []byte) {
	t.add(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: int64(len(data))}, data)
}

func (t *tarball) add(h *tar.Header, data []byte) {
	if t.w == nil {
		t.w = tar.NewWriter(&t.buf)
	}
	if t.err == nil {
		t.err = t.w.WriteHeader(h)
	}
	if t.err == nil {
		_, t.err = t.w.Write(data)
	}
}

func (t *tarball) bytes() ([]byte, error) {
	if t.err == nil {
		t.err = t.w.Close()
	}
	return t.buf.Bytes(), t.err
}
