# Everything that CI does is a target here; `make test` is the one that decides.
FUZZTIME ?= 30s
BENCH ?= .
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.PHONY: console site help test check tools vet format fresh generate endpoints models provider configschema build fuzz bench lint

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | sort | awk -F '\t' '{ printf "make %-12s %s\n", $$1, $$2 }'

# Checks come first, so that the tests' own summary is the last line.
test: tools vet format fresh ## all checks and all tests with the race detector, what CI runs
	@.ci/test

check: ## what changed and what imports it: format, vet, tests without race detector and without proofs from outside
	@.ci/check

tools: ## install into .tools/ what tests need from outside and is missing
	@.ci/tools

vet: ## go vet
	go vet ./...

format: ## fail if gofmt would change a file
	@files=$$(gofmt -l .); [ -z "$$files" ] || { echo "gofmt would change:"; echo "$$files"; exit 1; }

fresh: ## fail if generated files differ from what go generate makes
	@.ci/fresh

generate: ## write the generated files
	go generate ./...

endpoints: tools ## write where AWS's services are called, anew from the pinned botocore
	go run ./internal/tool/endpointsgen internal/awsclient/wire/endpoints.json

site: ## write the handbook of controls as a static site, to site/
	go run ./internal/tool/sitegen site

models: tools ## write the table of AWS's operations anew from the pinned botocore
	go run ./internal/tool/modelsgen internal/awsclient/wire/models.json
	go generate ./internal/awsclient/wire

provider: ## write what the Terraform provider has in the types of the rooms anew
	CI=true KUMOBAN_UPDATE_PROVIDER=1 go test -count=1 -run '^TestProviderExtract$$' ./internal/catalog

configschema: ## write what AWS Config has of the types of the rooms anew; CLONE is one of github.com/awslabs/aws-config-resource-schema
	@[ -d '$(CLONE)/config' ] || { echo 'CLONE=FOLDER has to name a clone of github.com/awslabs/aws-config-resource-schema'; exit 1; }
	KUMOBAN_CONFIG_SCHEMA='$(abspath $(CLONE))' KUMOBAN_CONFIG_COMMIT="$$(git -C '$(CLONE)' rev-parse HEAD)" go test -count=1 -run '^TestConfigExtract$$' ./internal/catalog

console: ## build the console's front end into internal/web/ui/dist; needs Node.js, which nothing else does
	go generate ./internal/web/ui
	npm --prefix console install --no-save --no-progress
	npm --prefix console run --silent api
	npm --prefix console run build

# HTTP/2 is left out: AWS's APIs and webhooks are called by HTTP/1.1, and it is half a megabyte.
build: ## the stripped program, bin/kumoban, and how many bytes it has
	CGO_ENABLED=0 go build -trimpath -tags nethttpomithttp2 -ldflags '-s -w' -o bin/kumoban ./cmd/kumoban
	@echo "bin/kumoban: $$(wc -c <bin/kumoban) bytes (the aim: 30,000,000 at most)"

fuzz: ## every fuzz target for FUZZTIME (30s)
	@grep -roE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' cmd controls internal | while IFS=: read -r file func; do \
		name=$${func#func }; echo "$$name in $${file%/*}"; \
		go test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "./$${file%/*}" || exit 1; \
	done

bench: ## the benchmarks that BENCH matches (all)
	go test -run '^$$' -bench '$(BENCH)' -benchmem ./...

lint: ## golangci-lint with .golangci.yaml; builds it on first use
	go run $(GOLANGCI_LINT) run
