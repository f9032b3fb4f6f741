# kubehost: build, test and try it. "make help" lists the targets.

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
RUN     ?= .
SHELL   := /bin/bash
.SHELLFLAGS := -euo pipefail -c

# One way to compile for building, vetting and testing, so that everything is compiled once. Git is not
# asked by the compiler: VERSION says more, and git may refuse a checkout of another user. Without inlining in apimachinery the
# program is as fast, and has 0.1 MB less.
export CGO_ENABLED := 0
export GOFLAGS := -trimpath -buildvcs=false -gcflags=k8s.io/apimachinery/...=-l

# How many end-to-end scripts run beside each other. Each keeps about a processor busy: with more of them they wait for one another, and
# ask more often while they wait.
PARALLEL ?= $(shell n=$$(( $$(nproc) + 1 )); echo $$(( n < 6 ? n : 6 )))

# The runtimes that the end-to-end tests must find; with nothing named, a missing one is skipped.
RUNTIMES ?=

build: ## Build bin/kubehost
	$(GO) build -ldflags '-s -w -X main.version=$(VERSION)' -o bin/kubehost ./cmd/kubehost

# Where make install puts things: below DESTDIR, as they will stand below /.
PREFIX  ?= /usr/local
DESTDIR ?=
SHARE    = $(DESTDIR)$(PREFIX)/share
# The program of this machine, whatever GOARCH says bin/kubehost is for.
NATIVE   = bin/native/kubehost

install: build ## Install the program, its manual pages and completions; PREFIX, DESTDIR
	env -u GOOS -u GOARCH $(GO) build -ldflags '-s -w -X main.version=$(VERSION)' -o $(NATIVE) ./cmd/kubehost
	install -D -m 755 bin/kubehost $(DESTDIR)$(PREFIX)/bin/kubehost
	install -d $(SHARE)/man/man1 $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions $(SHARE)/fish/vendor_completions.d
	rm -rf bin/man && mkdir bin/man && $(NATIVE) man bin/man
	for page in bin/man/*.md; do env -u GOOS -u GOARCH $(GO) tool go-md2man -in $$page -out $(SHARE)/man/man1/$$(basename $$page .md); done
	$(NATIVE) completion bash > $(SHARE)/bash-completion/completions/kubehost
	$(NATIVE) completion zsh > $(SHARE)/zsh/site-functions/_kubehost
	$(NATIVE) completion fish > $(SHARE)/fish/vendor_completions.d/kubehost.fish
	install -D -m 644 -t $(SHARE)/doc/kubehost README.md LICENSE
	install -D -m 644 -t $(SHARE)/doc/kubehost/docs docs/*

package: ## A .deb and a .tar.gz of the same files, in bin; GOARCH
	@cmd/package.sh '$(VERSION)'

test: RUNTIMES := docker podman rootless rootless-docker
test: setup check unit race e2e ## All tests, on docker and on podman, as root and as a user: installs both on Debian

check: check-pause check-size ## Formatting, vet, the committed pause binaries, and the size of bin/kubehost
	@unformatted=$$(gofmt -l .); \
	if [ -n "$$unformatted" ]; then echo "not formatted (run gofmt -w):"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...

# The most that bin/kubehost may have, in bytes.
LARGEST := 15000000

check-size: build
	@size=$$(stat -c %s bin/kubehost); if [ $$size -gt $(LARGEST) ]; then \
		echo "bin/kubehost has $$size bytes, no more than $(LARGEST) are wanted"; \
		echo "hint: docs/performance.md says what it is made of, and how to find what made it larger"; exit 1; fi

unit: ## Tests that need no runtime; one of them: make unit RUN=TestImage
	$(GO) test -run '$(RUN)' $$($(GO) list ./... | grep -v '/e2e$$')

race: ## The tests of what runs in parallel, under the race detector (gcc)
	CGO_ENABLED=1 $(GO) test -race -short ./runtime/... ./cmd/progress ./manifests ./translate

e2e: ## End-to-end scripts; one of them: make e2e RUN=Scripts/podman/apply
	@if [ -f bin/e2e/env ]; then . bin/e2e/env; fi; set -x; \
	KUBEHOST_E2E_RUNTIMES='$(RUNTIMES)' $(GO) test -C e2e -count=1 -timeout 75m -parallel $(PARALLEL) -run '$(RUN)'

docs: ## Rewrite the pages of docs that are printed from tables
	$(GO) test -count=1 -run Page ./cmd/kubehost -update

session: build ## Record docs/session.txt on this host, and draw it as docs/session.svg
	e2e/demo.sh session > bin/session.txt
	mv bin/session.txt docs/session.txt
	$(GO) run ./e2e/picture < docs/session.txt > docs/session.svg

bench: ## Go benchmarks
	$(GO) test -run '^$$' -bench . -benchmem $$($(GO) list ./... | grep -v '/e2e$$')

bench-supervisor: ## What a supervisor costs, and how fast it is, on the runtimes found here: some ten minutes
	@if [ -f bin/e2e/env ]; then . bin/e2e/env; fi; set -x; \
	$(GO) test -C e2e -count=1 -timeout 30m -run '^$$' -bench Supervisor -benchtime 1x

bench-scale: ## What kubehost itself needs for up to a thousand pods, on a runtime that answers at once: some three minutes
	$(GO) test -C e2e -count=1 -timeout 30m -run '^$$' -bench Scale -benchtime 1x

bench-peers: build ## kubehost beside podman kube play and docker compose: some ten minutes a runtime; BENCH='-pods 1,10 -rounds 9'
	@if [ -f bin/e2e/env ]; then . bin/e2e/env; fi; set -x; \
	$(GO) run ./e2e/bench $(BENCH)

bench-start: ## How long the program takes to start
	$(GO) test -C e2e -count=1 -run '^$$' -bench Start -benchtime 100x

setup: ## Install and start what the tests need (Debian, root)
	e2e/setup.sh

demo: build ## Run a pod here and fetch its page; installs podman where no runtime answers
	e2e/demo.sh up

demo-clean: ## Remove everything that the demo made
	e2e/demo.sh down

pause: ## Rebuild the infra process of docker pods (gcc for amd64 and arm64)
	runtime/pause/build.sh

check-pause:
	runtime/pause/build.sh --check

help: ## This list
	@sed -n 's/^\([a-z0-9-]*\):[^#]*## \(.*\)/\1\t\2/p' Makefile | while IFS=$$'\t' read -r t d; do printf '  %-12s %s\n' "$$t" "$$d"; done

.PHONY: build install package test check unit race e2e bench bench-supervisor bench-scale bench-peers bench-start docs session setup demo demo-clean pause check-pause check-size help
