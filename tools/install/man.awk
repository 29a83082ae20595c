# SPDX-License-Identifier: BSD-2-Clause
# Makes a page for man(1) of a program's help, which all of ours write in one shape: "NAME: what it does", Usage,
# Options, paragraphs, Exit status, Example. limpet's commands follow its own help, each a subsection.
#
# usage: awk -f man.awk -v version=0.1 -v date=2026-11-29 [-v extra=FILE] HELP
# extra: more sections, as roff, before the example, which comes last.

function escape(s) { # what troff would read otherwise; what is no ASCII it knows by name
    gsub(/\\/, "\\e", s)
    gsub(/-/, "\\-", s)
    gsub(/'/, "\\(aq", s)
    gsub(/"/, "\\(dq", s)
    gsub(/`/, "\\(ga", s)
    gsub(/\^/, "\\(ha", s)
    gsub(/~/, "\\(ti", s)
    gsub(/…/, "...", s)
    gsub(/–/, "\\(en", s)
    gsub(/×/, "\\(mu", s)
    gsub(/≤/, "\\(<=", s)
    gsub(/≥/, "\\(>=", s)
    gsub(/µ/, "\\(mc", s)
    return s
}
function line_of(s) { s = escape(s); return s ~ /^\./ ? "\\&" s : s }
function fill(s,  n, i, w, out) { # prints words in lines that people can edit
    n = split(s, w, " ")
    for (i = 1; i <= n; i++) {
        if (out != "" && length(line_of(out " " w[i])) > 78) {
            print line_of(out)
            out = ""
        }
        out = out (out == "" ? "" : " ") w[i]
    }
    if (out != "") print line_of(out)
}

function section(name) { # in a command of limpet, a heading of its own
    flush()
    print command == "" ? ".SH " toupper(name) : ".PP\n.B " name ":"
    begun = command == ""
}

# Filled text is joined until something else comes: a line that stands in columns, an empty one.
function flush() {
    if (option != "") {
        print ".TP\n.B " escape(option)
        fill(words)
    } else if (words != "") {
        if (!begun) print ".PP"
        fill(words)
    }
    option = words = ""
    begun = 0
}
function literal(on,  first) {
    if (on == in_literal) return
    first = begun && words == ""
    flush()
    if (!on) print ".EE\n.RE"
    else print (first ? "" : ".PP\n") ".RS 2\n.EX"
    begun = 0
    in_literal = on
}
function join(s) { words = words (words == "" ? "" : " ") s }
function trim(s) { sub(/^ +/, "", s); return s }

# The first line of a help.
function open_page(name, what) {
    print ".\\\" Made of the help of " name " by tools/install/man.awk."
    print ".TH " toupper(escape(name)) " 1 " date " \"Limpet " version "\" \"Limpet\""
    print ".SH NAME\n" escape(name) " \\- " escape(what)
}

# What is read: usage, options, status (paragraphs with columns), or plain paragraphs.
NR == 1 {
    name = $0; sub(/:.*/, "", name)
    what = $0; sub(/^[^:]*: /, "", what)
    open_page(name, what)
    next
}
/^limpet [a-z]+: / && name == "limpet" {
    literal(0); flush()
    if (command == "") print ".SH COMMANDS"
    command = $2; sub(/:/, "", command)
    what = $0; sub(/^[^:]*: /, "", what)
    print ".SS limpet " command
    fill(toupper(substr(what, 1, 1)) substr(what, 2) ".")
    state = ""
    next
}
/^Usage: / {
    literal(0); flush()
    if (command == "") print ".SH SYNOPSIS"
    else print ".PP"
    print ".nf\n.B " escape(substr($0, 8))
    state = "usage"
    next
}
state == "usage" && /^ / { print ".B " escape(trim($0)); next }
state == "usage" { print ".fi"; state = ""; described = 0 }
command == "" && !described && /./ && !/^(Options|Exit status):/ { print ".SH DESCRIPTION"; described = begun = 1 }
/^Options:$/ { literal(0); section("Options"); state = "options"; described = 1; next }
/^Exit status:/ {
    literal(0); section("Exit status"); state = "status"
    sub(/^Exit status: */, "")
    begun = 1
    if ($0 != "") join(toupper(substr($0, 1, 1)) substr($0, 2))
    next
}
/^Example: / {
    literal(0); flush()
    if (command == "") example = substr($0, 10) # comes last
    else print ".PP\n.B Example:\n.PP\n.RS 2\n.EX\n" line_of(substr($0, 10)) "\n.EE\n.RE"
    state = ""
    next
}
/^$/ { literal(0); flush(); if (state == "options") state = ""; next }
state == "options" && /^  ?-|^  -/ {
    flush()
    # the option's own column ends at two blanks, or at column 27; a longer option has a line of its own
    line = trim($0)
    at = index(line, "  ")
    if (at == 0) at = substr(line, 25, 1) == " " ? 25 : length(line) + 1
    option = substr(line, 1, at - 1)
    sub(/ +$/, "", option)
    words = trim(substr(line, at))
    next
}
state == "options" { join(trim($0)); next }
/^  / { literal(1); print line_of(substr($0, 3)); next }
{ literal(0); join($0) }
END {
    literal(0); flush()
    if (extra != "") while ((getline line < extra) > 0) print line
    print ".SH EXAMPLE\n.EX\n" line_of(example) "\n.EE"
}
