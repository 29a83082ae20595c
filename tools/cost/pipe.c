/* SPDX-License-Identifier: BSD-2-Clause */
/* The greeting of hello, through a pipe that poll() waits for: what these add to an image. */
#include <poll.h>
#include <unistd.h>

int main(void)
{
    static const char greeting[] = "Hello from Limpet!\n";
    char text[sizeof greeting];
    struct pollfd wait = {.events = POLLIN};
    int ends[2];

    if (pipe(ends) != 0 || write(ends[1], greeting, sizeof greeting - 1) != sizeof greeting - 1)
        return 1;
    wait.fd = ends[0];
    if (poll(&wait, 1, -1) != 1 || read(ends[0], text, sizeof text) != sizeof greeting - 1)
        return 2;
    return write(1, text, sizeof greeting - 1) != sizeof greeting - 1;
}
