/* SPDX-License-Identifier: BSD-2-Clause */
/* One write(2): the smallest program that does something. */
#include <unistd.h>

int main(void) { return write(1, "small\n", 6) != 6; }
