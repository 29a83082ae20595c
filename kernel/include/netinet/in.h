/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses of the Internet, for programs that read and write them as text (arpa/inet.h). There are
 * no sockets, and no addresses of them: no struct sockaddr_in.
 */
#ifndef _NETINET_IN_H
#define _NETINET_IN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint16_t in_port_t;
typedef uint32_t in_addr_t;

/* All in network byte order. */
struct in_addr {
    in_addr_t s_addr;
};
struct in6_addr {
    union {
        uint8_t __bytes[16];
        uint16_t __words[8];
        uint32_t __longs[4];
    } __address;
};
#define s6_addr   __address.__bytes
#define s6_addr16 __address.__words
#define s6_addr32 __address.__longs

/* As on Linux. */
#define AF_INET  2
#define AF_INET6 10

/* In the host's byte order. */
#define INADDR_ANY       ((in_addr_t)0x00000000)
#define INADDR_BROADCAST ((in_addr_t)0xffffffff)
#define INADDR_NONE      ((in_addr_t)0xffffffff)
#define INADDR_LOOPBACK  ((in_addr_t)0x7f000001)
#define IN_MULTICAST(a)  (((a)&0xf0000000) == 0xe0000000)

/* Bytes of the longest text, with its end. */
#define INET_ADDRSTRLEN  16
#define INET6_ADDRSTRLEN 46

#define IN6ADDR_ANY_INIT                                                                           \
    {                                                                                              \
        {                                                                                          \
            {                                                                                      \
                0                                                                                  \
            }                                                                                      \
        }                                                                                          \
    }
#define IN6ADDR_LOOPBACK_INIT                                                                      \
    {                                                                                              \
        {                                                                                          \
            {                                                                                      \
                0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1                                     \
            }                                                                                      \
        }                                                                                          \
    }
extern const struct in6_addr in6addr_any, in6addr_loopback;

/* RFC 4291, section 2.4 and 2.5; RFC 3513, section 2.7. a: a pointer to a struct in6_addr. */
#define __in6_long(a, i) (((const struct in6_addr *)(a))->s6_addr32[i])
#define __in6_byte(a, i) (((const struct in6_addr *)(a))->s6_addr[i])
#define IN6_IS_ADDR_UNSPECIFIED(a)                                                                 \
    (__in6_long(a, 0) == 0 && __in6_long(a, 1) == 0 && __in6_long(a, 2) == 0 &&                    \
     __in6_long(a, 3) == 0)
#define IN6_IS_ADDR_LOOPBACK(a)                                                                    \
    (__in6_long(a, 0) == 0 && __in6_long(a, 1) == 0 && __in6_long(a, 2) == 0 &&                    \
     __in6_long(a, 3) == 0x01000000)
#define IN6_IS_ADDR_V4MAPPED(a)                                                                    \
    (__in6_long(a, 0) == 0 && __in6_long(a, 1) == 0 && __in6_long(a, 2) == 0xffff0000)
#define IN6_IS_ADDR_V4COMPAT(a)                                                                    \
    (__in6_long(a, 0) == 0 && __in6_long(a, 1) == 0 && __in6_long(a, 2) == 0 &&                    \
     __in6_long(a, 3) != 0 && __in6_long(a, 3) != 0x01000000)
#define IN6_IS_ADDR_MULTICAST(a)    (__in6_byte(a, 0) == 0xff)
#define IN6_IS_ADDR_LINKLOCAL(a)    (__in6_byte(a, 0) == 0xfe && (__in6_byte(a, 1) & 0xc0) == 0x80)
#define IN6_IS_ADDR_SITELOCAL(a)    (__in6_byte(a, 0) == 0xfe && (__in6_byte(a, 1) & 0xc0) == 0xc0)
#define __in6_multicast(a, scope)   (IN6_IS_ADDR_MULTICAST(a) && (__in6_byte(a, 1) & 0xf) == (scope))
#define IN6_IS_ADDR_MC_NODELOCAL(a) __in6_multicast(a, 1)
#define IN6_IS_ADDR_MC_LINKLOCAL(a) __in6_multicast(a, 2)
#define IN6_IS_ADDR_MC_SITELOCAL(a) __in6_multicast(a, 5)
#define IN6_IS_ADDR_MC_ORGLOCAL(a)  __in6_multicast(a, 8)
#define IN6_IS_ADDR_MC_GLOBAL(a)    __in6_multicast(a, 14)
#define IN6_ARE_ADDR_EQUAL(a, b)                                                                   \
    (__in6_long(a, 0) == __in6_long(b, 0) && __in6_long(a, 1) == __in6_long(b, 1) &&               \
     __in6_long(a, 2) == __in6_long(b, 2) && __in6_long(a, 3) == __in6_long(b, 3))

/* Between the host's byte order and the network's. */
uint32_t htonl(uint32_t);
uint32_t ntohl(uint32_t);
uint16_t htons(uint16_t);
uint16_t ntohs(uint16_t);

#ifdef __cplusplus
}
#endif
#endif
