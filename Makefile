# sockdemo: build, test, install. `make help` lists the targets.
#
# CFLAGS, CPPFLAGS, LDFLAGS and LDLIBS of the caller are added to ours.
# SANITIZE=address,undefined builds into a folder of its own. V=1 shows every
# command.

VERSION = 0.1.0

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
DESTDIR ?=

CC ?= cc
AR ?= ar
PKG_CONFIG ?= pkg-config
BUILD ?= build$(if $(SANITIZE),/sanitize)

# A goal that compiles nothing must not ask for the libraries.
ifneq ($(filter-out help clean,$(or $(MAKECMDGOALS),all)),)
PACKAGES = libbsd-overlay jansson
ifneq ($(shell $(PKG_CONFIG) --exists $(PACKAGES) && echo yes),yes)
$(error $(PACKAGES): not found by $(PKG_CONFIG); ./scripts/setup installs them)
endif
PACKAGE_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PACKAGES))
# Each shared library costs every start of the program a fifth of a
# millisecond, and jansson serves one --format: link both from their archives
# where they are installed.
PACKAGE_LIBS := $(shell $(PKG_CONFIG) --static --libs $(PACKAGES))
ARCHIVED = jansson bsd md
find_archive = $(shell f=$$($(CC) -print-file-name=lib$1.a); [ -f "$$f" ] && echo "$$f")
PACKAGE_LIBS := $(foreach lib,$(PACKAGE_LIBS),$(or \
    $(if $(filter $(ARCHIVED:%=-l%),$(lib)),$(call find_archive,$(lib:-l%=%))),$(lib)))
endif

WARNINGS = -Wall -Wextra -Wshadow -Wvla -Wstrict-prototypes \
    -Wmissing-prototypes -Wformat=2 -Wconversion
OPTIMISE = $(if $(SANITIZE),-O1 -fno-omit-frame-pointer,-O2)
OUR_CPPFLAGS = -D_GNU_SOURCE -DSOCKDEMO_VERSION='"$(VERSION)"' -Icommon \
    -iquote families $(PACKAGE_CFLAGS)
OUR_CFLAGS = -std=c17 -g $(OPTIMISE) $(WARNINGS) \
    $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all)
OUR_LDFLAGS = $(if $(SANITIZE),-fsanitize=$(SANITIZE)) -Wl,--as-needed

COMPILE = $(CC) $(OUR_CPPFLAGS) $(CPPFLAGS) $(OUR_CFLAGS) $(CFLAGS) -MMD -MP
LINK = $(CC) $(OUR_CFLAGS) $(CFLAGS) $(OUR_LDFLAGS) $(LDFLAGS)

COMMON_SOURCES := $(filter-out common/main.c,$(wildcard common/*.c common/*/*.c))
FAMILY_SOURCES := $(wildcard families/*.c families/*/*.c)
UNIT_SOURCES := $(wildcard tests/unit/*_test.c)
UNIT_HELPERS := $(filter-out $(UNIT_SOURCES),$(wildcard tests/unit/*.c))

Q = $(if $(V),,@)
# A short line for a command; none where all of them are shown, or none wanted.
silent = $(findstring s,$(firstword -$(MAKEFLAGS)))
say = $(if $(V)$(silent),,@echo "  $1")

objects = $(patsubst %.c,$(BUILD)/%.o,$1)
COMMON_ARCHIVE = $(BUILD)/common.a
FAMILY_ARCHIVE = $(BUILD)/families.a
HELPER_ARCHIVE = $(BUILD)/tests/unit/helpers.a
# Each needs the other: common the table of families, families the contract.
ARCHIVES = -Wl,--start-group $(COMMON_ARCHIVE) $(FAMILY_ARCHIVE) -Wl,--end-group
UNITS = $(UNIT_SOURCES:tests/unit/%.c=$(BUILD)/tests/unit/%)

.PHONY: all test check matrix install uninstall clean help units lint headers
.SECONDARY:

all: $(BUILD)/sockdemo $(BUILD)/lab-agent  ## build the program: build/sockdemo

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC   $<)
	$(Q)$(COMPILE) -c -o $@ $<

$(COMMON_ARCHIVE): $(call objects,$(COMMON_SOURCES))
$(FAMILY_ARCHIVE): $(call objects,$(FAMILY_SOURCES))
$(HELPER_ARCHIVE): $(call objects,$(UNIT_HELPERS))
%.a:
	$(call say,AR   $@)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/sockdemo: $(BUILD)/common/main.o $(COMMON_ARCHIVE) $(FAMILY_ARCHIVE)
	$(call say,LINK $@)
	$(Q)$(LINK) -o $@ $(filter %.o,$^) $(ARCHIVES) $(PACKAGE_LIBS) $(LDLIBS)

# What runs a command in the lab machine (scripts/vm).
$(BUILD)/lab-agent: $(BUILD)/scripts/lib/guest/agent.o
	$(call say,LINK $@)
	$(Q)$(LINK) -o $@ $^ $(LDLIBS)

# A test that brings a table of families of its own defines `families`; the
# archive's is then not linked.
$(BUILD)/tests/unit/%_test: $(BUILD)/tests/unit/%_test.o $(HELPER_ARCHIVE) \
    $(COMMON_ARCHIVE) $(FAMILY_ARCHIVE)
	$(call say,LINK $@)
	$(Q)$(LINK) -o $@ $(filter %.o %helpers.a,$^) $(ARCHIVES) \
	    $(PACKAGE_LIBS) -lcmocka $(LDLIBS)

units: $(UNITS)                         ## build the unit tests

test: all units                         ## run every test (in minutes)
	$(Q)BUILD=$(BUILD) scripts/run-tests all

check: all units                        ## run the fast tests (seconds)
	$(Q)BUILD=$(BUILD) scripts/run-tests fast

matrix: all                             ## run every family x type x protocol
	$(Q)BUILD=$(BUILD) scripts/run-matrix

lint: headers                           ## clang-tidy, cppcheck, shellcheck
	$(Q)scripts/lint

headers:                                ## each header compiles alone
	@for h in common/*/*.h families/*.h families/*/*.h; do \
	    [ -e "$$h" ] || continue; \
	    echo "#include \"$${h#common/}\"" | $(COMPILE) -I. -x c \
	        -fsyntax-only -MF /dev/null - || exit 1; \
	done

install: all                            ## into DESTDIR and PREFIX
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man1
	install -m 755 $(BUILD)/sockdemo $(DESTDIR)$(BINDIR)/sockdemo
	install -m 644 scripts/man/sockdemo.1 $(DESTDIR)$(MANDIR)/man1/sockdemo.1

uninstall:                              ## remove what install made
	rm -f $(DESTDIR)$(BINDIR)/sockdemo $(DESTDIR)$(MANDIR)/man1/sockdemo.1

clean:                                  ## remove build/
	$(Q)rm -rf build

help:                                   ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' $(firstword $(MAKEFILE_LIST)) \
	    | expand -t 14

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
