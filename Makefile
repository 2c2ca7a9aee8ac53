# Two commands matter: `make run` and `make test`. `make help` lists the rest.
.DEFAULT_GOAL := help
SHELL := /bin/sh
GO ?= go
BIN := bin/lanyard
TOOL := $(GO) tool -modfile=tools/go.mod

.PHONY: help run test test-short lint fmt build docs bench fuzz clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## start the service with its own PostgreSQL and a demo organisation
	@./scripts/ensure-postgres "$$DATABASE_URL"
	@$(GO) build -o $(BIN) ./cmd/lanyard
	@exec $(BIN) serve --demo

test: ## get what the tests need, then run every test there is
	@./scripts/ensure-postgres "$$TEST_DATABASE_URL"
	@./scripts/ensure-test-tools
	@$(GO) run ./test/report -- -count=1 -timeout 20m ./...

test-short: ## the tests of the packages alone, without browser and other people's programs
	@./scripts/ensure-postgres "$$TEST_DATABASE_URL"
	@$(GO) test ./cmd/... ./internal/... ./web/...

lint: ## formatting, vet, staticcheck, tidy modules
	@test -z "$$($(TOOL) gofumpt -l $$(git ls-files '*.go'))" || { $(TOOL) gofumpt -l $$(git ls-files '*.go'); echo "these files are not formatted: make fmt" >&2; exit 1; }
	@$(GO) vet ./...
	@$(TOOL) staticcheck ./...
	@$(GO) mod tidy -diff

fmt: ## format all Go files
	@$(TOOL) gofumpt -w $$(git ls-files '*.go')

build: ## build bin/lanyard
	@CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w' -o $(BIN) ./cmd/lanyard

docs: ## run every test and write docs/conformance.md and docs/security.md from the results
	@./scripts/ensure-postgres "$$TEST_DATABASE_URL"
	@./scripts/ensure-test-tools
	@$(GO) run ./test/report -write -- -count=1 -timeout 20m ./...

bench: ## measure, as ratios in one run, each beside its goal
	@./scripts/ensure-postgres "$$TEST_DATABASE_URL"
	@$(GO) run ./test/bench

fuzz: ## fuzz every reader for a minute each
	@./scripts/fuzz 60s

clean: ## remove what was built; the data of `make run` stays
	@rm -rf bin tmp
