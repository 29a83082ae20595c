/* SPDX-License-Identifier: BSD-2-Clause */
/* The xenstore client against a xenstored that answers, is silent, or talks nonsense. */
#include "unit.h"
#include "xenstored.h"

/* What the guest has sent, and how much of it at most the daemon takes at a time. */
static char heard[2 * XENSTORE_PAYLOAD_MAX];
static uint32_t heard_bytes, gulp;
static char said[2 * XENSTORE_PAYLOAD_MAX]; /* and what it is still to hear */
static uint32_t said_bytes, said_done;
static const char *value, *error_name; /* what the daemon answers */
static unsigned events;                /* watch events that come before each answer */

static void say(uint32_t type, uint32_t id, const char *payload, uint32_t n)
{
    struct xsd_sockmsg head = {.type = type, .req_id = id, .len = n};
    memcpy(said + said_bytes, &head, sizeof head);
    memcpy(said + said_bytes + sizeof head, payload, n);
    said_bytes += (uint32_t)sizeof head + n;
}

static void answer_all(void)
{
    static const char event[] = "some/node\0token";
    struct xsd_sockmsg head;
    for (;;) {
        memcpy(&head, heard, sizeof head);
        if (heard_bytes < sizeof head || heard_bytes < sizeof head + head.len)
            return;
        for (unsigned i = 0; i < events; i++)
            say(XS_WATCH_EVENT, 0, event, sizeof event);
        if (error_name != NULL)
            say(XS_ERROR, head.req_id, error_name, (uint32_t)strlen(error_name) + 1);
        else if (head.type == XS_READ)
            say(XS_READ, head.req_id, value, (uint32_t)strlen(value));
        else
            say(head.type, head.req_id, "OK", 3);
        heard_bytes -= (uint32_t)sizeof head + head.len;
        memmove(heard, heard + sizeof head + head.len, heard_bytes);
    }
}

static void daemon_turn(void)
{
    for (uint32_t i = 0; i < gulp && shared.req_cons != shared.req_prod; i++)
        heard[heard_bytes++] = shared.req[MASK_XENSTORE_IDX(shared.req_cons++)];
    answer_all();
    for (uint32_t i = 0; i < gulp && said_done < said_bytes &&
                         shared.rsp_prod - shared.rsp_cons < XENSTORE_RING_SIZE;
         i++)
        shared.rsp[MASK_XENSTORE_IDX(shared.rsp_prod++)] = said[said_done++];
    if (said_done == said_bytes)
        said_done = said_bytes = 0;
}

/* xenstored runs when rung, and, as it has a CPU of its own, whenever the guest waits. */
static void start(uint32_t at_a_time)
{
    xenstored_reset(daemon_turn);
    heard_bytes = said_bytes = said_done = events = 0;
    gulp = at_a_time;
    value = "";
    error_name = NULL;
}

static void reads(void **state)
{
    (void)state;
    char got[64];
    static const uint32_t gulps[] = {4096, 1000, 17, 1};
    for (unsigned i = 0; i < COUNT(gulps); i++) {
        start(gulps[i]);
        value = "a \"b c\"";
        events = i;
        assert_int_equal(xenstore_read("data/limpet/arguments", got, sizeof got), 7);
        assert_string_equal(got, "a \"b c\"");
        value = ""; /* and again, further on in the ring */
        assert_int_equal(xenstore_read("name", got, sizeof got), 0);
        assert_string_equal(got, "");
    }
}

static void reads_what_is_long(void **state)
{
    (void)state;
    static char many[XENSTORE_PAYLOAD_MAX], got[XENSTORE_PAYLOAD_MAX + 1];
    char few[20];
    start(300);
    memset(many, 'x', sizeof many - 1);
    value = many;
    assert_int_equal(xenstore_read("a", got, sizeof got), sizeof many - 1);
    assert_string_equal(got, many);
    assert_int_equal(xenstore_read("a", few, sizeof few), sizeof many - 1);
    assert_int_equal(strlen(few), sizeof few - 1);
    assert_int_equal(xenstore_read("a", few, XENSTORE_VALUE_LEAST - 1), -EINVAL);
}

static void writes(void **state)
{
    (void)state;
    static char many[XENSTORE_PAYLOAD_MAX - 10];
    start(100);
    assert_int_equal(xenstore_write("data/limpet/status", "0"), 0);
    memset(many, 'y', sizeof many - 1);
    assert_int_equal(xenstore_write("a", many), 0);
    assert_int_equal(xenstore_write("a/path/of/some/length", many), -E2BIG);
    xenstore_tell("data/limpet/status", "3"); /* its answer is passed over by the next */
    assert_int_equal(xenstore_write("b", "c"), 0);
}

static void errors(void **state)
{
    (void)state;
    char got[XENSTORE_VALUE_LEAST];
    static const struct {
        const char *name;
        int number;
    } cases[] = {{"ENOENT", -ENOENT}, {"EACCES", -EACCES}, {"EQUOTA", -EIO}, {"", -EIO}};
    for (unsigned i = 0; i < COUNT(cases); i++) {
        start(4096);
        error_name = cases[i].name;
        assert_int_equal(xenstore_read("a", got, sizeof got), cases[i].number);
        assert_int_equal(xenstore_write("a", "b"), cases[i].number);
    }
    start(4096);
    has_store = false;
    assert_int_equal(xenstore_read("a", got, sizeof got), -ENODEV);
    xenstore_tell("a", "b");
}

static void silence(void **state)
{
    (void)state;
    char got[XENSTORE_VALUE_LEAST];
    start(0);
    assert_int_equal(xenstore_read("a", got, sizeof got), -EIO);
    xenstored_reset(NULL);
    shared.rsp_prod = XENSTORE_RING_SIZE + 1; /* more than fits */
    assert_int_equal(xenstore_read("a", got, sizeof got), -EIO);
    xenstored_reset(NULL);
    shared.req_cons = 1; /* ahead of what was sent */
    assert_int_equal(xenstore_write("a", "b"), -EIO);
}

static void nonsense(void)
{
    struct xsd_sockmsg head = {.type = XS_READ, .req_id = REQUEST, .len = XENSTORE_PAYLOAD_MAX + 1};
    memcpy(shared.rsp, &head, sizeof head);
    shared.rsp_prod = sizeof head;
}

static void a_payload_too_long(void **state)
{
    (void)state;
    char got[XENSTORE_VALUE_LEAST];
    xenstored_reset(nonsense);
    assert_int_equal(xenstore_read("a", got, sizeof got), -EIO);
}

static unsigned asked;
static void wanted(void) { asked++; }

static void watches_for_shutdown(void **state)
{
    (void)state;
    static const char event[] = SHUTDOWN_NODE "\0" SHUTDOWN_NODE;
    start(4096);
    asked = 0;
    xenstore_watch_shutdown(wanted);
    say(XS_WATCH_EVENT, 0, event, sizeof event); /* as always when a watch is set */
    daemon_turn();
    xenstore_event(STORE_PORT);
    assert_int_equal(asked, 0);
    value = "poweroff";
    say(XS_WATCH_EVENT, 0, event, sizeof event);
    daemon_turn();
    xenstore_event(STORE_PORT + 1);
    assert_int_equal(asked, 0);
    xenstore_event(STORE_PORT);
    assert_int_equal(asked, 1);
    value = "suspend";
    say(XS_WATCH_EVENT, 0, event, sizeof event);
    daemon_turn();
    xenstore_event(STORE_PORT);
    assert_int_equal(asked, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads),
        cmocka_unit_test(reads_what_is_long),
        cmocka_unit_test(writes),
        cmocka_unit_test(errors),
        cmocka_unit_test(silence),
        cmocka_unit_test(a_payload_too_long),
        cmocka_unit_test(watches_for_shutdown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
