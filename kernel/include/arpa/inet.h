/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses of the Internet as text, by musl's functions. */
#ifndef _ARPA_INET_H
#define _ARPA_INET_H

#include <netinet/in.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef __socklen_t socklen_t;

/* kind: AF_INET, address a struct in_addr, or AF_INET6, a struct in6_addr; else EAFNOSUPPORT.
 * inet_pton() gives 1, or 0 if the text is no address; inet_ntop() NULL with ENOSPC if text's n
 * bytes are too few. */
int inet_pton(int kind, const char *text, void *address);
const char *inet_ntop(int kind, const void *address, char *text, socklen_t n);

/* With less than four numbers, octal and hexadecimal ones too. inet_aton() gives 0 if it is none,
 * inet_addr() INADDR_NONE. */
int inet_aton(const char *text, struct in_addr *address);
in_addr_t inet_addr(const char *text);
char *inet_ntoa(struct in_addr); /* in memory that the next call writes to */

#ifdef __cplusplus
}
#endif
#endif
