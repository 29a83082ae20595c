/* SPDX-License-Identifier: BSD-2-Clause */
/* limpet-vmm: GDB's protocol: packets whole and broken, and what each command answers. */
#include "unit.h"
#include "vmm/rsp_machine.h"

static struct rsp session;
static enum rsp_next next;

static int begin(void **state)
{
    (void)state;
    session = (struct rsp){.machine = &played, .cpus = PLAYED_CPUS, .tells_breaks = true};
    memset(played_state, 0, sizeof played_state);
    memset(played_memory, 0, sizeof played_memory);
    return 0;
}

/* Feeds it; the last event that was one. */
static enum rsp_event feed(struct rsp_packet *p, const char *bytes, size_t n)
{
    enum rsp_event last = RSP_NOTHING;
    for (size_t i = 0; i < n; i++) {
        enum rsp_event event = rsp_take(p, (uint8_t)bytes[i]);
        last = event != RSP_NOTHING ? event : last;
    }
    return last;
}

/* What a command of n bytes is answered, without its frame. */
static const char *ask_bytes(const char *command, size_t n)
{
    static struct rsp_answer a;
    struct rsp_packet p = {.n = n};
    memcpy(p.bytes, command, n);
    rsp_begin(&a);
    next = rsp_command(&session, &p, &a);
    rsp_end(&a);
    a.text[a.n - 3] = '\0';
    return a.text + 1;
}

static const char *ask(const char *command) { return ask_bytes(command, strlen(command)); }

#define EXPECT(command, answer) assert_string_equal(ask(command), answer)

static void packets(void **state)
{
    static const struct {
        const char *bytes;
        enum rsp_event event;
        const char *text;
    } cases[] = {
        {"$m10,2#2c", RSP_PACKET, "m10,2"},
        {"+$?#3f", RSP_PACKET, "?"},
        {"$#00", RSP_PACKET, ""},
        {"$?#3e", RSP_BROKEN, "?"},
        {"$?#3g", RSP_BROKEN, "?"},
        {"$?#g", RSP_BROKEN, "?"},
        {"\x03", RSP_INTERRUPT, ""},
        {"-", RSP_MISSED, ""},
        {"noise+#12", RSP_NOTHING, ""},
        {"$m10$?#3f", RSP_PACKET, "?"}, /* cut off, and begun anew */
        {"$a}\x03z#5b", RSP_PACKET, "a#z"},
        {"$a}]#3b", RSP_PACKET, "a}"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rsp_packet p = {.n = 0};
        assert_int_equal(feed(&p, cases[i].bytes, strlen(cases[i].bytes)), cases[i].event);
        assert_string_equal((char *)p.bytes, cases[i].text);
    }
}

static void too_long(void **state)
{
    static char bytes[2 * RSP_BYTES];
    struct rsp_packet p = {.n = 0};
    (void)state;
    memset(bytes, 0, sizeof bytes);
    bytes[0] = '$';
    memcpy(bytes + 1 + RSP_BYTES, "#00", 3);
    assert_int_equal(feed(&p, bytes, RSP_BYTES + 4), RSP_PACKET);
    memcpy(bytes + 1 + RSP_BYTES, "\0#00", 4);
    assert_int_equal(feed(&p, bytes, RSP_BYTES + 5), RSP_IMPOSSIBLE);
    assert_int_equal(feed(&p, "$?#3f", 5), RSP_PACKET);
}

static void registers(void **state)
{
    (void)state;
    played_state[0].regs.rip = 0x123456789abcdef0;
    played_state[0].regs.rflags = 0x202;
    played_state[0].sregs.cs.selector = 8;
    played_state[1].regs.rax = 1;
    EXPECT("p10", "f0debc9a78563412");
    EXPECT("p11", "02020000");
    EXPECT("p12", "08000000");
    EXPECT("p22", "xxxxxxxx"); /* ftag: KVM has it in another form */
    EXPECT("pffff", "E22");
    EXPECT("p", "E22");
    EXPECT("P0=1122334455667788", "OK");
    assert_int_equal(played_state[0].regs.rax, 0x8877665544332211);
    EXPECT("P0=11", "E22");
    EXPECT("P0=112233445566778g", "E22");
    EXPECT("P0", "E22");
    EXPECT("P28=3f", "E22");
    assert_int_equal(played_state[0].regs.rax, 0x8877665544332211);
    EXPECT("Hg2", "OK");
    EXPECT("p0", "0100000000000000");
    char all[RSP_BYTES] = "G";
    strcat(all, ask("g"));
    assert_int_equal(strlen(all),
                     1 + 2 * (16 * 8 + 8 + 7 * 4 + 8 * 10 + 8 * 4 + 16 * 16 + 4 + 2 * 8 + 6 * 8));
    memcpy(all + 1, "ff", 2);
    EXPECT(all, "OK");
    assert_int_equal(played_state[1].regs.rax, 0xff);
    all[strlen(all) - 1] = '\0';
    EXPECT(all, "E22");
}

static void register_list(void **state)
{
    static char whole[RSP_LIST_BYTES];
    size_t n = 0;
    char command[80], more;
    (void)state;
    do { /* in pieces, as GDB reads it */
        snprintf(command, sizeof command, "qXfer:features:read:target.xml:%zx,1ff", n);
        const char *part = ask(command);
        more = part[0];
        assert_true(more == 'm' || more == 'l');
        assert_true(n + strlen(part) < sizeof whole);
        strcpy(whole + n, part + 1);
        n += strlen(part + 1);
    } while (more == 'm');
    assert_string_equal(whole, rsp_register_list());
    assert_non_null(strstr(whole, "</feature></target>"));
    unsigned count = 0;
    for (const char *at = whole; (at = strstr(at, "<reg ")) != NULL; at++)
        count++;
    assert_int_equal(count, rsp_register_count());
    EXPECT("qXfer:features:read:target.xml:ffffffffffffffff,ffffffffffffffff", "l");
    EXPECT("qXfer:features:read:target.xml:", "E22");
    EXPECT("qXfer:features:read:other.xml:0,10", "");
}

static void memory(void **state)
{
    (void)state;
    EXPECT("Mffff800000001000,3:0aFF10", "OK");
    EXPECT("mffff800000001000,4", "0aff1000");
    EXPECT("mffff800000001bb7,8", "00"); /* what there is */
    EXPECT("mffff800000001bb8,1", "E14");
    EXPECT("m0,1", "E14");
    EXPECT("mffffffffffffffffff,1", "E14"); /* no address */
    EXPECT("mffff800000001000", "E14");
    EXPECT("mffff800000001000,0", "E14");
    EXPECT("Mffff800000001000,3:0aFF1", "E14");
    EXPECT("Mffff800000001000,2:0a1g", "E14");
    EXPECT("Mffff800000001bb7,2:0000", "E14"); /* beyond the end */
    assert_string_equal(ask_bytes("Xffff800000001001,3:\0#\x7f", 23), "OK");
    assert_memory_equal(played_memory, "\x0a\0#\x7f", 4);
    EXPECT("Xffff800000001000,3:ab", "E14");
    EXPECT("Xffff800000001000,0:", "OK"); /* GDB asks so whether X is known */
    assert_int_equal(strlen(ask("mffff800000001000,ffffffffffffffff")), RSP_BYTES);
}

static void breakpoints(void **state)
{
    (void)state;
    EXPECT("Z0,ffff800000001010,1", "OK");
    assert_int_equal(played_break, 0xffff800000001010);
    EXPECT("z0,ffff800000001010,1", "OK");
    EXPECT("Z0,10,1", "E14");
    EXPECT("Z3,1000,4", ""); /* x86 has none for reads alone */
    EXPECT("Z9,1000,4", "");
    EXPECT("Z1,1000", "E22");
    EXPECT("Z2,1002,4", "E22"); /* not aligned */
    EXPECT("Z2,1000,3", "E22");
    for (unsigned i = 0; i < 2 * RSP_HW_MAX; i++) {
        char put[20];
        snprintf(put, sizeof put, "Z2,%x,8", 0x1000 + 8 * (i % RSP_HW_MAX));
        EXPECT(put, "OK"); /* the second time it is there */
    }
    EXPECT("Z1,2000,1", "E28");
    EXPECT("z2,1008,8", "OK");
    EXPECT("z2,1008,8", "OK");
    EXPECT("Z1,2000,1", "OK");
    assert_int_equal(session.hardware[1].kind, RSP_Z_EXECUTE);
}

static void actions(const char *command, int a, int b, int c)
{
    ask(command);
    assert_int_equal(next, RSP_GO);
    assert_int_equal(session.action[0], a);
    assert_int_equal(session.action[1], b);
    assert_int_equal(session.action[2], c);
}

static void going_on(void **state)
{
    (void)state;
    EXPECT("vCont?", "vCont;c;C;s;S");
    actions("vCont;c", RSP_RUN, RSP_RUN, RSP_RUN);
    actions("vCont;s:2;c", RSP_RUN, RSP_STEP, RSP_RUN);
    actions("vCont;s:2;c:-1", RSP_RUN, RSP_STEP, RSP_RUN);
    actions("vCont;C05:1;S05:3", RSP_RUN, RSP_STAY, RSP_STEP);
    EXPECT("Hc2", "OK");
    actions("c", RSP_RUN, RSP_RUN, RSP_RUN);
    actions("S05", RSP_RUN, RSP_STEP, RSP_RUN);
    static const char *const wrong[] = {"vCont",       "vCont;",       "vCont;x",  "vCont;c:4",
                                        "vCont;c:1:2", "vCont;s:2;c#", "vCont;Cg", "vCont;c;"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        EXPECT(wrong[i], "E22");
        assert_int_equal(next, RSP_ANSWERED);
    }
    EXPECT("D", "OK");
    assert_int_equal(next, RSP_DETACH);
    EXPECT("vKill;1", "OK");
    assert_int_equal(next, RSP_KILL);
    ask("k");
    assert_int_equal(next, RSP_KILL);
}

static void threads(void **state)
{
    (void)state;
    EXPECT("qfThreadInfo", "m1,2,3");
    EXPECT("qsThreadInfo", "l");
    EXPECT("qThreadExtraInfo,3", "4350552032"); /* CPU 2 */
    EXPECT("qThreadExtraInfo,4", "E22");
    EXPECT("qC", "QC1");
    EXPECT("T3", "OK");
    EXPECT("T4", "E22");
    EXPECT("Hg4", "E22");
    EXPECT("Hx1", "E22");
    EXPECT("H", "E22");
    EXPECT("Hc-1", "OK");
    EXPECT("qC", "QC1");
}

static void stops(void **state)
{
    (void)state;
    EXPECT("?", "T02thread:1;");
    session.stop = (struct rsp_stop){.cpu = 2, .why = STOP_BREAKPOINT};
    EXPECT("?", "T05thread:3;swbreak:;");
    session.hardware[3] = (struct rsp_hardware){0x1234, RSP_Z_WRITE, 4};
    session.stop = (struct rsp_stop){.why = STOP_HARDWARE, .slot = 3};
    EXPECT("?", "T05thread:1;watch:1234;");
    session.hardware[3].kind = RSP_Z_ACCESS;
    EXPECT("?", "T05thread:1;awatch:1234;");
    session.hardware[3].kind = RSP_Z_EXECUTE;
    EXPECT("?", "T05thread:1;hwbreak:;");
    assert_non_null(strstr(ask("qSupported:multiprocess+"), "PacketSize=1000;"));
    EXPECT("?", "T05thread:1;"); /* it has not said that it understands more */
    struct rsp_answer a;
    rsp_begin(&a);
    rsp_exited(3, &a);
    rsp_end(&a);
    assert_memory_equal(a.text, "$W03#ba", 7);
}

static void unknown(void **state)
{
    static const char *const words[] = {"", "vMustReplyEmpty", "qTStatus", "QNo", "i", "!", "\xff"};
    (void)state;
    for (size_t i = 0; i < COUNT(words); i++) {
        EXPECT(words[i], "");
        assert_int_equal(next, RSP_ANSWERED);
    }
    EXPECT("QStartNoAckMode", "OK");
    assert_true(session.quiet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(packets, begin),   cmocka_unit_test_setup(too_long, begin),
        cmocka_unit_test_setup(registers, begin), cmocka_unit_test_setup(register_list, begin),
        cmocka_unit_test_setup(memory, begin),    cmocka_unit_test_setup(breakpoints, begin),
        cmocka_unit_test_setup(going_on, begin),  cmocka_unit_test_setup(threads, begin),
        cmocka_unit_test_setup(stops, begin),     cmocka_unit_test_setup(unknown, begin),
    };
    return cmocka_run_group_tests_name("vmm_rsp", tests, 0, 0);
}
