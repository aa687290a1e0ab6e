# The two commands that matter are `make run` and `make test`; both install what they need first. `make help` lists all.

# The demo's address and folder: make run LISTEN=:9000
LISTEN ?= 127.0.0.1:8080
DATA ?= ./data/demo

# The tests under faults: make torture PART=TestRedisAway SEED=7
PART ?= Kill$$|PowerCut|DatabaseStops|CutLinks|Histories|RedisAway|RollingDeploy|FrozenNode|TakenOnce|CutFromDatabase|StaleStandby|Clocks|Disk|SyncFails|Everything|Plants
SEED ?= 1

# The stories of the widget in Chromium, by their whole names: make widget. All other stories are the console's: make console
STORIES = TestStory TestStoryInArabic TestStoryOfDelivery TestStoryOfAStrangeShop TestStoryOfRefusedStorage TestStoryOfFiles TestStoryOfIdentity TestStoryByKeysAlone TestStoryOfEveryLength \
	TestStoryOfEveryLook TestStoryOfANoticedLanguage TestStoryOfOriginals TestStoryOfAWrongTranslation TestStoryOfAnotherLanguage TestStoryOfTyping TestStoryOfTheRarerStates TestStoryOfTooManyLines \
	TestStoryOfTwoTabs
# The race detector, but not inside two packages of others: the SQLite that was translated from C, where it finds nothing of ours and would take three quarters of the time, and
# the hashing of passwords. internal/process builds the program with the same flags, which a test there compares.
RACE = -race '-gcflags=modernc.org/...=-race=false -d=checkptr=0' '-gcflags=golang.org/x/crypto/argon2=-race=false -d=checkptr=0'

# The packages that take longest begin first, so that no processor is idle at the end; ./... has them once more, and runs them once.
LONGEST = ./internal/torture ./cmd/dragoman ./hub ./store

# One package more than there are processors, because most of them wait for much of their time.
AT_ONCE = $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

space := $(subst ,, )
WIDGET = ^($(subst $(space),|,$(strip $(STORIES))))$$

.PHONY: help run test widget console bench torture build check screens table clean
.DEFAULT_GOAL := help

help: ## say what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

run: ## set up, build, and run the demo: a shop, a console, two agents
	@scripts/setup run
	@echo "Building (the first time takes a minute or two) ..." >&2
	@go build -o bin/dragoman ./cmd/dragoman
	@exec bin/dragoman serve --demo --listen $(LISTEN) --data $(DATA)

test: ## set up and run every test, with the race detector
	@scripts/setup test
	go test $(RACE) -p $(AT_ONCE) -timeout 30m $(LONGEST) ./...
	npm run --silent check
	npm run --silent test

widget: ## the widget in a real browser, as many stories at a time as there are processors
	@scripts/setup test
	go test ./cmd/dragoman -run '$(WIDGET)' -count 1 -v

console: ## the console in a real browser, likewise
	@scripts/setup test
	go test ./cmd/dragoman -run ^TestStory -skip '$(WIDGET)' -count 1 -v

bench: ## measure and print; docs/benchmarks.md keeps the figures
	@scripts/setup test
	go run ./internal/bench
	go tool webbuild -check
	go test -run '^$$' -bench . -benchmem -timeout 30m ./...

torture: ## the tests under faults, often and long (plan an hour), and their table; PART= is one of them
	@scripts/setup test
	@mkdir -p bin
	@rm -f bin/torture.md
	go test ./internal/torture -tags powercut -count 1 -timeout 2h -run '$(PART)' -long -seed $(SEED) -table $(CURDIR)/bin/torture.md || { cat bin/torture.md; exit 1; }
	@cat bin/torture.md

build: ## the program, as bin/dragoman
	CGO_ENABLED=0 go build -trimpath -o bin/dragoman ./cmd/dragoman

check: ## what .ci/run checks beside the tests
	.ci/run checks

screens: ## take the pictures of docs/screens anew: of the README, and every look of widget and console
	@scripts/setup test
	go test ./cmd/dragoman -run '^(TestStory|TestStoryOfEveryLook|TestStoryOfEveryLookOfTheConsole)$$' -count 1 -timeout 30m -screens $(CURDIR)/docs/screens

table: ## make the table of the language detector anew, and compare it (fetches 124 MB once)
	go tool detectgen -verify

clean: ## remove what was built; data and node_modules stay
	rm -rf bin
