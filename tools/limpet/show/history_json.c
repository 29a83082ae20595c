/* A history in JSON, for programs.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "show/history.h"

#include <jansson.h>

static json_t *session_json(const struct session *session)
{
    const struct facts *facts = session->result->facts;
    json_t *j = json_pack("{s:s,s:s,s:s}", "created", facts_text(facts, "created"), "file",
                          session->file, "tool", facts_text(facts, "tool"));

    if (facts_text(facts, "label")[0])
        json_object_set_new(j, "label", json_string(facts_text(facts, "label")));
    return j;
}

static json_t *change_json(const struct history *h, const struct series *s, size_t i)
{
    const struct change *c = &s->changes[i];

    return json_pack(
        "{s:I,s:I,s:f,s:f,s:f,s:f}", "before", (json_int_t)s->points[c->at - 1].session, "since",
        (json_int_t)s->points[c->at].session, "from", history_level_of(s, i).value, "to",
        history_level_of(s, i + 1).value, "p", c->p, "chance", history_chance(h, c));
}

static json_t *series_json(const struct history *h, const struct series *s)
{
    json_t *points = json_array(), *changes = json_array();

    for (size_t k = 0; k < s->n; k++) {
        const struct estimate *e = &s->points[k].e;
        json_t *point = json_pack("{s:I,s:f,s:I}", "session", (json_int_t)s->points[k].session,
                                  "value", e->value, "n", (json_int_t)e->n);

        if (e->coverage > 0) {
            json_object_set_new(point, "ci", json_pack("[f,f]", e->low, e->high));
            json_object_set_new(point, "coverage", json_real(e->coverage));
        }
        json_array_append_new(points, point);
    }
    for (size_t i = 0; i < s->change_count; i++)
        json_array_append_new(changes, change_json(h, s, i));
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:o,s:o}", "suite", s->suite, "platform",
                     s->platform, "name", s->name, "unit", s->unit, "better",
                     s->more ? "more" : "less", "host", s->host, "like", s->like, "points", points,
                     "changes", changes);
}

char *history_json(const struct history *h)
{
    json_t *sessions = json_array(), *series = json_array(), *j;
    struct buf sentence = {0};
    char *text;

    for (size_t i = 0; i < h->n; i++)
        json_array_append_new(sessions, session_json(&h->sessions[i]));
    for (size_t k = 0; k < h->series_count; k++)
        json_array_append_new(series, series_json(h, &h->series[k]));
    history_sentence(h, &sentence);
    j = json_pack("{s:s,s:s,s:I,s:f,s:o,s:o}", "schema", "limpet-history-1", "sentence",
                  sentence.data, "m", (json_int_t)h->judged, "error", HISTORY_ERROR, "sessions",
                  sessions, "series", series);
    text = json_dumps(j, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
    json_decref(j);
    buf_free(&sentence);
    return text;
}
