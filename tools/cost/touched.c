// SPDX-License-Identifier: BSD-2-Clause
// How much of a guest's memory was ever touched, when that memory is a file on a tmpfs.
//
//   touched run COMMAND…   runs COMMAND without transparent huge pages, so that the file grows by
//                          just the 4 KiB pages that are touched (a read of a hole counts, too)
//   touched count FILE     prints the KiB that the file holds and the 2 MiB regions with any data

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define REGION (2L << 20)

static int run(char **command)
{
    if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) != 0)
        fprintf(stderr, "touched: huge pages stay on: %s\n", strerror(errno));
    execvp(command[0], command);
    fprintf(stderr, "touched: %s: %s\n", command[0], strerror(errno));
    return 127;
}

static int count(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) != 0) {
        fprintf(stderr, "touched: %s: %s\n", path, strerror(errno));
        return 1;
    }
    long regions = 0;
    off_t at = 0;
    while ((at = lseek(fd, at, SEEK_DATA)) >= 0) {
        regions++;
        at = (at / REGION + 1) * REGION;
    }
    if (errno != ENXIO) { // ENXIO: no data further on
        fprintf(stderr, "touched: %s: %s\n", path, strerror(errno));
        return 1;
    }
    printf("%lld %ld\n", (long long)st.st_blocks / 2, regions);
    return close(fd) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc >= 3 && strcmp(argv[1], "run") == 0)
        return run(argv + 2);
    if (argc == 3 && strcmp(argv[1], "count") == 0)
        return count(argv[2]);
    fprintf(stderr, "usage: touched run COMMAND… | touched count FILE\n");
    return 2;
}
