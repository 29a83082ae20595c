/* SPDX-License-Identifier: BSD-2-Clause */
/* The console as a terminal: see <termios.h>. */
#include "sys/file.h"
#include "sys/input.h"
#include "base/platform.h"
#include <string.h>
#include <termios.h>

static bool is_terminal(int fd)
{
    const struct file *f = file_of(fd);
    if (f == 0)
        return false;
    if (f->kind == 0 && (file_writes(f) ? output_terminal : input_terminal))
        return true;
    errno = ENOTTY;
    return false;
}

int tcgetattr(int fd, struct termios *t)
{
    if (!is_terminal(fd))
        return -1;
    *t = (struct termios){.c_cflag = CREAD | CS8 | CLOCAL, .c_ispeed = B38400, .c_ospeed = B38400};
    t->c_iflag = input_mode.keep_returns ? 0 : ICRNL;
    t->c_lflag = input_mode.raw ? 0 : ICANON;
    t->c_cc[VEOF] = 4; /* ASCII's EOT */
    t->c_cc[VMIN] = input_mode.may_be_empty ? 0 : 1;
    t->c_cc[VTIME] = input_mode.tenths;
    return 0;
}

int tcsetattr(int fd, int when, const struct termios *t)
{
    if (!is_terminal(fd))
        return -1;
    if (when != TCSANOW && when != TCSADRAIN && when != TCSAFLUSH)
        return (int)file_result(-EINVAL);
    if (when == TCSAFLUSH)
        input_drop();
    bool raw = (t->c_lflag & ICANON) == 0, may_be_empty = raw && t->c_cc[VMIN] == 0;
    input_mode = (struct input_mode){.raw = raw,
                                     .keep_returns = (t->c_iflag & ICRNL) == 0,
                                     .may_be_empty = may_be_empty,
                                     .tenths = may_be_empty ? t->c_cc[VTIME] : 0};
    return 0;
}

/* What is written is with the platform before write() returns. */
int tcdrain(int fd) { return is_terminal(fd) ? 0 : -1; }

int tcflush(int fd, int which)
{
    if (!is_terminal(fd))
        return -1;
    if (which != TCIFLUSH && which != TCOFLUSH && which != TCIOFLUSH)
        return (int)file_result(-EINVAL);
    if (which != TCOFLUSH)
        input_drop();
    return 0;
}

/* Speeds: kept in the structure, and nowhere else. */

speed_t cfgetispeed(const struct termios *t) { return t->c_ispeed; }

speed_t cfgetospeed(const struct termios *t) { return t->c_ospeed; }

int cfsetispeed(struct termios *t, speed_t speed)
{
    t->c_ispeed = speed;
    return 0;
}

int cfsetospeed(struct termios *t, speed_t speed)
{
    t->c_ospeed = speed;
    return 0;
}

void cfmakeraw(struct termios *t)
{
    t->c_iflag &= ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    t->c_oflag &= ~OPOST;
    t->c_lflag &= ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    t->c_cflag = (t->c_cflag & ~(CSIZE | PARENB)) | CS8;
    t->c_cc[VMIN] = 1;
    t->c_cc[VTIME] = 0;
}
