package runtime

import (
	"context"
	"fmt"
	goruntime "runtime"
	"slices"
	"strings"
)

// ForeignImageError says that an image is made for another kind of processor than this host has. No more than a warning:
// something may emulate that one.
type ForeignImageError struct {
	Platform, Host string
}

func (e *ForeignImageError) Error() string {
	return fmt.Sprintf("it is made for %s, and this host is %s: its containers end with \"exec format error\" unless that is emulated here", e.Platform, e.Host)
}

// foreign says that what [Engine.imageExists] has printed is not for a host of that architecture, by Go's name of it.
// A processor of 64 bits runs what is made for its elder of 32.
func foreign(found, arch string) error {
	_, platform, _ := strings.Cut(strings.TrimSpace(found), " ")
	os, made, _ := strings.Cut(platform, "/")
	older := map[string]string{"amd64": "386", "arm64": "arm"}
	if os == "" || made == "" || os == "linux" && (made == arch || made == older[arch]) {
		return nil
	}
	return &ForeignImageError{platform, "linux/" + arch}
}

// imageWatch is a Runner that keeps what was found of an image, whyever it was looked for.
type imageWatch struct {
	Runner
	look  Command
	found *string
}

func (w imageWatch) Run(ctx context.Context, c Command) (Result, error) {
	res, err := w.Runner.Run(ctx, c)
	if err == nil && res.Code == 0 && slices.Equal(c.Argv, w.look.Argv) {
		*w.found = string(res.Stdout)
	}
	return res, err
}

// checkImage says what is odd about an image that is here now.
func checkImage(s Step, image, found string) error {
	if err := foreign(found, goruntime.GOARCH); err != nil {
		return &StepError{Step: s, What: "image " + image, Err: err, Hint: "name an image for linux/" + goruntime.GOARCH + ", or build it for that: --platform"}
	}
	return nil
}
