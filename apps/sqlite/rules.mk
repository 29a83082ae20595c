# SPDX-License-Identifier: BSD-2-Clause
# SQLite is Debian's source as it is, which make suites gets; without it the app says so. What its speedtest1 has to
# give is what it gives on this machine, by this machine's compiler.
SQLITE := $(B)/suites/sqlite
SUITES += $(SQLITE)/hash.h
CFLAGS_sqlite/main := $(call if_there,sqlite,$(SQLITE)/hash.h,-DSQLITE_THERE -isystem $(SQLITE))
CFLAGS_sqlite/rows := $(CFLAGS_sqlite/main)
CFLAGS_sqlite/vfs := $(CFLAGS_sqlite/main)
SQLITE_OPTIONS := -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_THREADSAFE=0
CFLAGS_sqlite/library := $(if $(CFLAGS_sqlite/main),-w $(SQLITE_OPTIONS) $(CFLAGS_sqlite/main))
CFLAGS_sqlite/speedtest := $(CFLAGS_sqlite/library)

$(SQLITE)/sqlite3.c: tools/setup/unpacked.sh
	@command -v tclsh > /dev/null || { echo "make suites: SQLite's source is put together by tclsh: apt-get install tcl" >&2; exit 1; }
	@$< sqlite3 $(SQLITE)
	@cd $(SQLITE) && { ./configure --disable-tcl --disable-shared && $(MAKE) sqlite3.c; } > make.log 2>&1 || { tail -n 5 make.log >&2; exit 1; }

$(SQLITE)/hash.h: $(SQLITE)/sqlite3.c
	@cd $(SQLITE) && $(HOSTCC) -O1 -w $(SQLITE_OPTIONS) -I. test/speedtest1.c sqlite3.c -lm -o speedtest1
	@cd $(SQLITE) && printf '#define SPEEDTEST1_HASHES' > hash.h.new && for size in 1 10; do \
	 printf ' {%s, "%s"},' $$size "$$(./speedtest1 --verify --size $$size speed.db | sed -n 's/.*Hash: //p')"; done >> hash.h.new
	@cd $(SQLITE) && rm -f speed.db && grep -q '{10, "[0-9]* [0-9a-f]' hash.h.new && echo >> hash.h.new && mv hash.h.new hash.h
