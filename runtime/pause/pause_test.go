package pause

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestImage(t *testing.T) {
	for _, arch := range []string{"amd64", "arm64"} {
		t.Run(arch, func(t *testing.T) {
			ref, archive, err := Image(arch)
			if err != nil {
				t.Fatal(err)
			}
			again, archive2, _ := Image(arch)
			if ref != again || !bytes.Equal(archive, archive2) {
				t.Fatal("two calls give different images")
			}

			files := untar(t, archive)
			if len(files) != 3 {
				t.Errorf("%d files in the archive, want 3", len(files))
			}
			var m []manifest
			decode(t, files["manifest.json"], &m)
			if len(m) != 1 || len(m[0].RepoTags) != 1 || m[0].RepoTags[0] != ref {
				t.Fatalf("manifest.json %s does not name %s", files["manifest.json"], ref)
			}
			id := digest(files[m[0].Config])
			if m[0].Config != id+".json" || ref != Repository+":"+id[:12] {
				t.Errorf("image ID %s, config file %s, reference %s", id, m[0].Config, ref)
			}

			var c config
			decode(t, files[m[0].Config], &c)
			layer := files[m[0].Layers[0]]
			if got := c.RootFS.DiffIDs; len(got) != 1 || got[0] != "sha256:"+digest(layer) {
				t.Errorf("diff_ids %v, layer %s", got, digest(layer))
			}
			if c.OS != "linux" || c.Architecture != arch || strings.Join(c.Config.Entrypoint, " ") != "/pause" {
				t.Errorf("config %+v", c)
			}
			if root := untar(t, layer); len(root) != 1 || !bytes.Equal(root["pause"], Binary(arch)) {
				t.Error("the layer does not hold just /pause")
			}
		})
	}
}

func TestImageOfOtherArchitecture(t *testing.T) {
	_, _, err := Image("s390x")
	if err == nil || !strings.Contains(err.Error(), `"s390x"`) {
		t.Errorf("got error %v", err)
	}
}

func TestSizes(t *testing.T) {
	for _, arch := range []string{"amd64", "arm64"} {
		bin := Binary(arch)
		if !bytes.HasPrefix(bin, []byte("\x7fELF")) || len(bin) > 2<<10 {
			t.Errorf("pause-%s is not an ELF file of at most 2 KiB: %d bytes", arch, len(bin))
		}
		_, archive, _ := Image(arch)
		if n := len(Compress(archive)); n > 2<<10 {
			t.Errorf("%s: the compressed archive has %d bytes, too many for a script", arch, n)
		}
	}
}

func TestCompress(t *testing.T) {
	_, archive, _ := Image("amd64")
	small := Compress(archive)
	if !bytes.Equal(small, Compress(archive)) {
		t.Error("two calls give different bytes")
	}
	r, err := gzip.NewReader(bytes.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	back, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(back, archive) {
		t.Errorf("does not unpack to the archive: %v", err)
	}
}

func untar(t *testing.T, b []byte) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for r := tar.NewReader(bytes.NewReader(b)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if files[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

func decode(t *testing.T, b []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
}
