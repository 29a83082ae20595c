/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console as a terminal, where isatty() says so. Of what tcsetattr() may ask for there is:
 * input by lines or as it comes (ICANON, VMIN, VTIME), carriage returns as newlines or as
 * themselves (ICRNL). The guest echoes nothing and makes no signals of letters: where a terminal of
 * the host does so, or brings whole lines, that is not the guest's to change. tcgetattr() tells
 * what is. Functions return 0, or -1 with errno: EBADF, ENOTTY, EINVAL. Names that POSIX has are
 * there; numbers are Linux'.
 */
#ifndef _TERMIOS_H
#define _TERMIOS_H

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned tcflag_t;
typedef unsigned char cc_t;
typedef unsigned speed_t;

#define NCCS 32
struct termios {
    tcflag_t c_iflag, c_oflag, c_cflag, c_lflag;
    cc_t c_cc[NCCS];
    speed_t c_ispeed, c_ospeed;
};

/* c_cc */
#define VINTR  0
#define VQUIT  1
#define VERASE 2
#define VKILL  3
#define VEOF   4
#define VTIME  5 /* tenths of a second that a read with VMIN 0 waits */
#define VMIN   6 /* 0: a read ends without a byte; more: with one */
#define VSTART 8
#define VSTOP  9
#define VSUSP  10
#define VEOL   11

/* c_iflag */
#define IGNBRK 0x0001u
#define BRKINT 0x0002u
#define IGNPAR 0x0004u
#define PARMRK 0x0008u
#define INPCK  0x0010u
#define ISTRIP 0x0020u
#define INLCR  0x0040u
#define IGNCR  0x0080u
#define ICRNL  0x0100u
#define IXON   0x0400u
#define IXANY  0x0800u
#define IXOFF  0x1000u

/* c_oflag */
#define OPOST  0x01u
#define ONLCR  0x04u
#define OCRNL  0x08u
#define ONOCR  0x10u
#define ONLRET 0x20u

/* c_cflag */
#define CSIZE  0x0030u
#define CS5    0x0000u
#define CS6    0x0010u
#define CS7    0x0020u
#define CS8    0x0030u
#define CSTOPB 0x0040u
#define CREAD  0x0080u
#define PARENB 0x0100u
#define PARODD 0x0200u
#define HUPCL  0x0400u
#define CLOCAL 0x0800u

/* c_lflag */
#define ISIG   0x0001u
#define ICANON 0x0002u
#define ECHO   0x0008u
#define ECHOE  0x0010u
#define ECHOK  0x0020u
#define ECHONL 0x0040u
#define NOFLSH 0x0080u
#define TOSTOP 0x0100u
#define IEXTEN 0x8000u

/* Speeds, of which a console has none: they are kept. */
#define B0      0u
#define B50     1u
#define B75     2u
#define B110    3u
#define B134    4u
#define B150    5u
#define B200    6u
#define B300    7u
#define B600    8u
#define B1200   9u
#define B1800   10u
#define B2400   11u
#define B4800   12u
#define B9600   13u
#define B19200  14u
#define B38400  15u
#define B57600  0x1001u
#define B115200 0x1002u

/* tcsetattr()'s when; the last one also drops input that was not read. */
#define TCSANOW   0
#define TCSADRAIN 1
#define TCSAFLUSH 2

/* tcflush() */
#define TCIFLUSH  0
#define TCOFLUSH  1
#define TCIOFLUSH 2

int tcgetattr(int fd, struct termios *t);
int tcsetattr(int fd, int when, const struct termios *t);
int tcdrain(int fd);
int tcflush(int fd, int which);
speed_t cfgetispeed(const struct termios *t);
speed_t cfgetospeed(const struct termios *t);
int cfsetispeed(struct termios *t, speed_t speed);
int cfsetospeed(struct termios *t, speed_t speed);
void cfmakeraw(struct termios *t); /* input as it comes, byte by byte */

#ifdef __cplusplus
}
#endif
#endif
