# SPDX-License-Identifier: BSD-2-Clause
# gdb's commands for a guest that runs Limpet; "limpet run --gdb" has gdb read this file (docs/gdb.md).
#
#   limpet-threads [FRAMES]   every thread: number, state, what it is, and its backtrace
#   limpet-ledger             the stages of the boot so far
#
# They read the kernel's own structures, by the types that its debug information tells of.
import gdb

PAGE = 4096
STATES = ["running", "ready", "blocked", "moving", "dead"]  # enum thread_state
SAVED = ["r15", "r14", "r13", "r12", "rbx", "rbp", "rip"]  # by arch_switch(), from sp + 8 on
MOST = 70000  # threads; whoever finds more follows a list that is being changed


def symbol(file, name):
    """The value of a variable of the kernel's, whatever the app calls so, or None: it is not there."""
    try:
        return gdb.parse_and_eval("'kernel/%s.c'::%s" % (file, name))
    except gdb.error:
        return None


def kernel():
    """The first CPU's structure; says what is wrong where there is none yet."""
    cpu = symbol("sched/sched", "boot_cpu")
    if cpu is None:
        raise gdb.GdbError("this is no image of Limpet, or one without its symbols")
    try:
        begun = int(cpu["base"]["self"]) != 0
    except gdb.MemoryError:
        raise gdb.GdbError("the guest's memory cannot be read here")
    except gdb.error:
        raise gdb.GdbError("this image has no debug information (gcc -g; and limpet-cc without -s)")
    return cpu if begun else None


def follow(first, link):
    """The threads of a list."""
    at = first
    for _ in range(MOST):
        if int(at) == 0:
            return
        yield at.dereference()
        at = at[link]


def heap(root):
    """The threads of a pairing heap of sleepers."""
    rest = [root]
    for _ in range(MOST):
        if not rest:
            return
        at = rest.pop()
        if int(at) != 0:
            rest += [at["heap_next"], at["heap_child"]]
            yield at.dereference()


def all_cpus(boot):
    cpus = symbol("sched/sched", "cpus")
    some = [cpus[i] for i in range(cpus.type.range()[1] + 1)] if cpus is not None else []
    return [c.dereference() for c in some if int(c) != 0] or [boot]


def pthreads():
    """The records of pthreads that run, main's first."""
    main = symbol("libc/pthread_record", "pthread_main")
    if main is not None and int(main["thread"]) != 0:
        yield main
    chunks = symbol("libc/pthread_record", "chunks")
    if chunks is None:  # no pthread_create() in the image
        return
    for i in range(chunks.type.range()[1] + 1):
        if int(chunks[i]) == 0:
            continue
        records = chunks[i]["records"]
        room = PAGE - (int(records.address) - int(chunks[i]))
        for k in range(room // records.type.target().sizeof):
            if int(records[k]["id"]) != 0 and int(records[k]["thread"]) != 0:
                yield records[k]


def waiting():
    """Those that wait for a word of memory or in a turnstile."""
    buckets = symbol("sched/futex", "buckets")
    for i in range(buckets.type.range()[1] + 1) if buckets is not None else []:
        yield from follow(buckets[i]["queue"]["head"], "next")


def all_threads(boot):
    """{address: (struct thread, what it is, the CPU that it runs on or None)}, idle ones last."""
    found = {}

    def add(thread, what="", cpu=None):
        found.setdefault(int(thread.address), (thread, what, cpu))

    cpus = all_cpus(boot)
    records = list(pthreads())
    started = {int(r["thread"]): r for r in records}
    idle = {int(c["idle"].address) for c in cpus}
    for c in cpus:
        at = int(c["base"]["thread"])
        if at and at not in idle:
            add(c["base"]["thread"].dereference(), name(started.get(at)), int(c["base"]["number"]))
    for r in records:
        if int(r["done"]) == 0:
            add(r["thread"].dereference(), name(r))
    for c in cpus:
        for q in range(c["queue"].type.range()[1] + 1):
            for t in follow(c["queue"][q]["head"], "next"):
                add(t)
        for t in heap(c["sleepers"]):
            add(t)
    for t in waiting():
        add(t)
    for c in cpus:
        runs = int(c["base"]["thread"]) in (0, int(c["idle"].address))
        number = int(c["base"]["number"])
        add(c["idle"], "idle of CPU %d" % number, number if runs else None)
    return found


def name(record):
    """What a thread runs: main, or the function that pthread_create() was given."""
    if record is None:
        return ""
    if int(record["start"]) == 0:
        return "main"
    text = record["start"].format_string(symbols=True)
    return text[text.find("<") + 1 : text.rfind(">")] if "<" in text else text


def frame_count(text):
    try:
        return int(text) if text else 20
    except ValueError:
        raise gdb.GdbError('limpet-threads: "%s" is no number of frames' % text)


def saved_backtrace(thread, frames):
    """Of one that does not run: its registers, as they were saved, stand in for the CPU's."""
    sp = int(thread["sp"])
    word = gdb.lookup_type("unsigned long").pointer()
    values = {r: int((gdb.Value(sp + 8 + 8 * i).cast(word)).dereference()) for i, r in enumerate(SAVED)}
    values["rsp"] = sp + 8 * (1 + len(SAVED))
    gdb.newest_frame().select()
    before = {r: int(gdb.parse_and_eval("(unsigned long)$" + r)) for r in values}

    def put(registers):
        for register, value in registers.items():
            gdb.execute("set var $%s = 0x%x" % (register, value), to_string=True)

    try:
        put(values)
        return gdb.execute("bt %d" % frames, to_string=True)
    finally:
        put(before)
        gdb.newest_frame().select()


def running_backtrace(cpu, cpus, frames):
    """Of one that runs: gdb's own thread for that CPU."""
    for t in gdb.selected_inferior().threads():
        if t.num == cpu + 1 or cpus == 1:
            t.switch()
            return gdb.execute("bt %d" % frames, to_string=True)
    return ""


class Threads(gdb.Command):
    """Every thread of the guest: number, state, what it runs, backtrace.
limpet-threads [FRAMES]    FRAMES: of each backtrace at most so many (20)"""

    def __init__(self):
        super().__init__("limpet-threads", gdb.COMMAND_STATUS)

    def invoke(self, text, from_tty):
        frames = frame_count(text)
        boot = kernel()
        if boot is None:
            print("No threads yet: the guest has not come to boot_main().")
            return
        cpus = len(all_cpus(boot))
        selected = gdb.selected_thread()
        for thread, what, cpu in all_threads(boot).values():
            state = "running on CPU %d" % cpu if cpu is not None else STATES[int(thread["state"])]
            if cpu is None and what.startswith("idle"):
                state = "ready"  # when nothing else is
            if state == "blocked" and int(thread["wait_address"]) != 0:
                state += " (futex 0x%x)" % int(thread["wait_address"])
            print("thread %d  %s  %s" % (int(thread["id"]), state, what))
            try:
                if cpu is not None:
                    lines = running_backtrace(cpu, cpus, frames)
                elif int(thread["sp"]) != 0:
                    lines = saved_backtrace(thread, frames)
                else:
                    lines = ""
            finally:
                selected.switch()
            for line in lines.splitlines():
                print("    " + line)


class Ledger(gdb.Command):
    """The stages of the boot so far, by the guest's time stamp counter."""

    def __init__(self):
        super().__init__("limpet-ledger", gdb.COMMAND_STATUS)

    def invoke(self, text, from_tty):
        kernel()
        ledger, count = symbol("base/ledger", "ledger"), symbol("base/ledger", "ledger_count")
        if int(count) == 0:
            print("No stages yet: the guest has not come to boot_main().")
            return
        scale = symbol("base/time", "time_scale")  # ns in a tick << 32; 0 before the clock is known
        scale = int(scale) if scale is not None else 0
        first = before = int(ledger[0]["tsc"])
        print("%-24s %14s %14s%s" % ("reached", "ticks", "since before", "  microseconds" if scale else ""))
        for i in range(min(int(count), ledger.type.range()[1] + 1)):
            tsc = int(ledger[i]["tsc"])
            us = "  %12.1f" % ((tsc - first) * scale / 2**32 / 1000) if scale else ""
            print("%-24s %14d %14d%s" % (ledger[i]["name"].string(), tsc - first, tsc - before, us))
            before = tsc


Threads()
Ledger()
