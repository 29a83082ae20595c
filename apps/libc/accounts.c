/* SPDX-License-Identifier: BSD-2-Clause */
/* Users and groups: there is root, and its group. */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static char root[] = "root", hidden[] = "x", none[] = "", home[] = "/", *members[] = {NULL};
static struct passwd user = {root, hidden, 0, 0, none, root, home, none};
static struct group group = {root, hidden, 0, members};
static bool user_told, group_told; /* by getpwent(), getgrent() */

struct passwd *getpwuid(uid_t uid) { return uid == 0 ? &user : NULL; }

struct passwd *getpwnam(const char *name) { return strcmp(name, root) == 0 ? &user : NULL; }

struct group *getgrgid(gid_t gid) { return gid == 0 ? &group : NULL; }

struct group *getgrnam(const char *name) { return strcmp(name, root) == 0 ? &group : NULL; }

/* What the entry's strings point to is nobody's to change, so the caller's buffer is not needed. */
static int give_user(const struct passwd *from, struct passwd *to, struct passwd **found)
{
    if (from != NULL)
        *to = *from;
    *found = from != NULL ? to : NULL;
    return 0;
}

static int give_group(const struct group *from, struct group *to, struct group **found)
{
    if (from != NULL)
        *to = *from;
    *found = from != NULL ? to : NULL;
    return 0;
}

int getpwuid_r(uid_t uid, struct passwd *to, char *buf, size_t size, struct passwd **found)
{
    (void)buf;
    (void)size;
    return give_user(getpwuid(uid), to, found);
}

int getpwnam_r(const char *name, struct passwd *to, char *buf, size_t size, struct passwd **found)
{
    (void)buf;
    (void)size;
    return give_user(getpwnam(name), to, found);
}

int getgrgid_r(gid_t gid, struct group *to, char *buf, size_t size, struct group **found)
{
    (void)buf;
    (void)size;
    return give_group(getgrgid(gid), to, found);
}

int getgrnam_r(const char *name, struct group *to, char *buf, size_t size, struct group **found)
{
    (void)buf;
    (void)size;
    return give_group(getgrnam(name), to, found);
}

void setpwent(void) { user_told = false; }

void endpwent(void) { user_told = false; }

struct passwd *getpwent(void)
{
    bool before = user_told;
    user_told = true;
    return before ? NULL : &user;
}

void setgrent(void) { group_told = false; }

void endgrent(void) { group_told = false; }

struct group *getgrent(void)
{
    bool before = group_told;
    group_told = true;
    return before ? NULL : &group;
}
