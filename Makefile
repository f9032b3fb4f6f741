# kubehost: build, test and try it. "make help" lists the targets.

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
RUN     ?= .
SHELL   := /bin/bash
.SHELLFLAGS := -euo pipefail -c

# One way to compile for building, vetting and testing, so that everything is compiled once. Git is not
# asked by the compiler: VERSION says more, and git may refuse a checkout of another user.
export CGO_ENABLED := 0
export GOFLAGS := -trimpath -buildvcs=false

# The runtimes that the end-to-end tests must find; with nothing named, a missing one is skipped.
RUNTIMES ?=

build: ## Build bin/kubehost
	$(GO) build -ldflags '-s -w -X main.version=$(VERSION)' -o bin/kubehost ./cmd/kubehost

test: RUNTIMES := docker podman
test: setup check unit race e2e ## All tests, on docker and on podman: installs both on Debian

check: check-pause ## Formatting, vet, and the committed pause binaries
	@unformatted=$$(gofmt -l .); \
	if [ -n "$$unformatted" ]; then echo "not formatted (run gofmt -w):"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...

unit: ## Tests that need no runtime; one of them: make unit RUN=TestImage
	$(GO) test -run '$(RUN)' $$($(GO) list ./... | grep -v '/e2e$$')

race: ## The tests of what runs in parallel, under the race detector (gcc)
	CGO_ENABLED=1 $(GO) test -race ./runtime/...

e2e: ## End-to-end scripts; one of them: make e2e RUN=Scripts/podman/apply
	@if [ -f bin/e2e/env ]; then . bin/e2e/env; fi; set -x; \
	KUBEHOST_E2E_RUNTIMES='$(RUNTIMES)' $(GO) test -C e2e -count=1 -timeout 15m -parallel 4 -run '$(RUN)'

docs: ## Rewrite the pages of docs that are printed from tables
	$(GO) test -count=1 -run Page ./cmd/kubehost -update

bench: ## Go benchmarks
	$(GO) test -run '^$$' -bench . -benchmem $$($(GO) list ./... | grep -v '/e2e$$')

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

.PHONY: build test check unit race e2e bench docs setup demo demo-clean pause check-pause help
