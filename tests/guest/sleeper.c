/* SPDX-License-Identifier: BSD-2-Clause */
/* Sleeps until somebody ends it from outside; says so first. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    printf("sleeping\n");
    fflush(stdout); /* it may be a pipe */
    for (;;)
        sleep(1);
}
