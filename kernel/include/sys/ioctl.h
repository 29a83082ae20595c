/* SPDX-License-Identifier: BSD-2-Clause */
/* What there is of ioctl(). The numbers are Linux'. */
#ifndef _SYS_IOCTL_H
#define _SYS_IOCTL_H

#ifdef __cplusplus
extern "C" {
#endif

#define TIOCGWINSZ 0x5413 /* struct winsize *: of a terminal; zeros: it does not say */
#define FIONREAD   0x541B /* int *: bytes that can be read at once */
#define FIONBIO    0x5421 /* const int *: O_NONBLOCK, on or off */

struct winsize {
    unsigned short ws_row, ws_col, ws_xpixel, ws_ypixel;
};

int ioctl(int fd, unsigned long request, ...);

#ifdef __cplusplus
}
#endif
#endif
