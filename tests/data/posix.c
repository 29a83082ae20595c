// SPDX-License-Identifier: BSD-2-Clause
// What other people's programs ask of a C library and POSIX, one small check for each kind
// (tests/area/libc.sh).
#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <fnmatch.h>
#include <ftw.h>
#include <getopt.h>
#include <glob.h>
#include <iconv.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <regex.h>
#include <search.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <termios.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

static volatile sig_atomic_t got, value;
static void on_signal(int number) { got = number; }
static void on_info(int number, siginfo_t *info, void *context)
{
    (void)context;
    got = number;
    value = info->si_signo;
}

static bool alarms(void)
{
    signal(SIGALRM, on_signal);
    alarm(1);
    while (got != SIGALRM)
        usleep(10000);
    return true;
}

static bool actions(void)
{
    struct sigaction action = {.sa_sigaction = on_info, .sa_flags = SA_SIGINFO};
    return !sigaction(SIGUSR2, &action, NULL) && !raise(SIGUSR2) && got == SIGUSR2 &&
           value == SIGUSR2;
}

static bool redirected(void) // standard output into a pipe and back
{
    int ends[2], saved = dup(1);
    char text[8] = "";
    fflush(stdout);
    if (saved < 0 || pipe(ends) || dup2(ends[1], 1) != 1)
        return false;
    printf("inside");
    fflush(stdout);
    return dup2(saved, 1) == 1 && read(ends[0], text, sizeof text) == 6 &&
           !memcmp(text, "inside", 6);
}

static bool names(void)
{
    struct utsname system;
    char host[64];
    return getuid() == geteuid() && getgid() == getegid() && getpid() > 0 && !uname(&system) &&
           *system.machine && !gethostname(host, sizeof host);
}

static bool long_doubles(void)
{
    volatile long double x = 2.0L;
    return fabsl(powl(x, 0.5L) - sqrtl(x)) < 1e-18L &&
           fabsl(sinl(x) * sinl(x) + cosl(x) * cosl(x) - 1) < 1e-18L;
}

static bool anonymous(void) // memory, of which the middle goes first
{
    size_t page = 4096;
    char *p = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED || (uintptr_t)p % page || p[2 * page])
        return false;
    p[0] = 1, p[2 * page] = 3;
    return !munmap(p + page, page) && p[0] == 1 && p[2 * page] == 3 && !munmap(p, page) &&
           !munmap(p + 2 * page, page);
}

static bool expressions(void)
{
    regex_t regex;
    regmatch_t match;
    bool right = !regcomp(&regex, "b+c", REG_EXTENDED) &&
                 !regexec(&regex, "aabbbcd", 1, &match, 0) && match.rm_so == 2 && match.rm_eo == 6;
    regfree(&regex);
    return right && !fnmatch("*.[ch]", "main.c", 0) &&
           fnmatch("*.[ch]", "main.o", 0) == FNM_NOMATCH;
}

static bool waits(void)
{
    struct pollfd out = {.fd = 1, .events = POLLOUT};
    struct timeval time = {.tv_usec = 1000};
    return poll(&out, 1, 0) == 1 && out.revents == POLLOUT &&
           select(0, NULL, NULL, NULL, &time) == 0;
}

static bool jumps(void)
{
    static jmp_buf plain;
    static sigjmp_buf masked;
    volatile int first, second;
    if ((first = _setjmp(plain)) == 0)
        _longjmp(plain, 4);
    if ((second = sigsetjmp(masked, 1)) == 0)
        siglongjmp(masked, 6);
    return first == 4 && second == 6;
}

static bool numbers(void) // just above half of the least number; "0x" without a digit behind
{
    const char *text = "0xg";
    char *end;
    return strtof("0x1.000002p-150", NULL) == 0x1p-149f &&
           strtof("7.00649232162408535461864791644958065640131e-46", NULL) == 0x1p-149f &&
           strtof("7.00649232162408535461864791644958065640130e-46", NULL) == 0 &&
           strtol(text, &end, 16) == 0 && end == text + 1;
}

static bool attributes(void)
{
    pthread_rwlockattr_t attr;
    pthread_mutexattr_t mutex;
    int shared = -1, old;
    if (pthread_mutexattr_init(&mutex) || pthread_mutexattr_getpshared(&mutex, &shared) ||
        shared != PTHREAD_PROCESS_PRIVATE || PTHREAD_STACK_MIN <= 0)
        return false;
    return !pthread_rwlockattr_init(&attr) &&
           !pthread_rwlockattr_setpshared(&attr, PTHREAD_PROCESS_PRIVATE) &&
           !pthread_rwlockattr_getpshared(&attr, &shared) && shared == PTHREAD_PROCESS_PRIVATE &&
           !pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &old) && old == PTHREAD_CANCEL_DEFERRED;
}

static int twice(void *x) { return *(int *)x * 2; }
static bool c11(void)
{
    thrd_t thread;
    int x = 21, result = 0;
    return thrd_create(&thread, twice, &x) == thrd_success &&
           thrd_join(thread, &result) == thrd_success && result == 42;
}

static bool year(void) // no earlier than the build's
{
    time_t now = time(NULL);
    return gmtime(&now)->tm_year + 1900 >= atoi(&__DATE__[7]);
}

static bool used(void)
{
    struct rusage r;
    struct timespec t;
    return !getrusage(RUSAGE_SELF, &r) && !clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) &&
           !clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) && CLOCKS_PER_SEC == 1000000;
}

static bool memory_streams(void) // what stands behind the position stays
{
    char *text;
    wchar_t *wide;
    size_t n, m;
    FILE *f = open_memstream(&text, &n), *w = open_wmemstream(&wide, &m);
    if (!f || !w)
        return false;
    fputs("abc", f), fseek(f, 1, SEEK_SET), fputs("q", f), fflush(f);
    bool right = n == 2 && !strcmp(text, "aqc");
    fseek(f, 5, SEEK_SET), fputs("z", f), fseek(f, 0, SEEK_END);
    right = right && ftell(f) == 6 && !fclose(f) && n == 6 && !memcmp(text, "aqc\0\0z", 7);
    for (int i = 0; i < 1000; i++)
        fwprintf(w, L"%d,", i);
    right = right && !fclose(w) && m == 3890 && wcslen(wide) == m && !wcsncmp(wide, L"0,1,2,", 6);
    free(text);
    free(wide);
    return right;
}

static bool zones(void) // their fields, and the way back
{
    time_t then = 1720000000;
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    struct tm t = *localtime(&then), u = *gmtime(&then);
    bool right = t.tm_gmtoff == 7200 && !strcmp(t.tm_zone, "CEST") && t.tm_isdst == 1 &&
                 mktime(&t) == then && u.tm_gmtoff == 0 && timegm(&u) == then;
    unsetenv("TZ");
    tzset();
    return right && !strcmp(tzname[0], "UTC");
}

static int seen, deepest;
static int visit(const char *path, const struct stat *st, int type, struct FTW *level)
{
    (void)st;
    seen += type == FTW_F || (type == FTW_DP && strstr(path, "/walk") != NULL);
    deepest = level->level > deepest ? level->level : deepest;
    return 0;
}

static bool walks(void) // glob, nftw, getline
{
    glob_t found;
    char *line = NULL;
    size_t room = 0;
    mkdir("/tmp/walk", 0700), mkdir("/tmp/walk/b", 0700);
    FILE *f = fopen("/tmp/walk/b/one.c", "w");
    if (!f || fputs("first\nlast", f) < 0 || fclose(f) || !(f = fopen("/tmp/walk/two.c", "w")))
        return false;
    fclose(f);
    bool right = !glob("/tmp/walk/*.c", 0, NULL, &found) && found.gl_pathc == 1 &&
                 !strcmp(found.gl_pathv[0], "/tmp/walk/two.c") &&
                 !glob("/tmp/walk/*/?ne.[a-d]", GLOB_APPEND, NULL, &found) && found.gl_pathc == 2 &&
                 glob("/tmp/walk/*.h", GLOB_ERR, NULL, &(glob_t){0}) == GLOB_NOMATCH;
    globfree(&found);
    right =
        right && !nftw("/tmp/walk", visit, 5, FTW_DEPTH | FTW_PHYS) && seen == 4 && deepest == 2;
    f = fopen("/tmp/walk/b/one.c", "r");
    right = right && f && getline(&line, &room, f) == 6 && getline(&line, &room, f) == 4 &&
            !strcmp(line, "last") && getline(&line, &room, f) == -1;
    free(line);
    return right && !fclose(f);
}

static void *into(void *path)
{
    int fd = open(path, O_WRONLY);
    return (void *)(intptr_t)(fd >= 0 && write(fd, "through", 7) == 7 && !close(fd));
}

static bool fifos(void) // each end waits for the other; a name that stays
{
    static char path[] = "/tmp/fifo";
    struct stat st;
    pthread_t writer;
    void *wrote;
    char text[16];
    if (mkfifo(path, 0600) || mkfifo(path, 0600) != -1 || errno != EEXIST || stat(path, &st) ||
        !S_ISFIFO(st.st_mode) || open(path, O_WRONLY | O_NONBLOCK) != -1 || errno != ENXIO)
        return false;
    for (int round = 0; round < 3; round++) {
        pthread_create(&writer, NULL, into, path);
        int fd = open(path, O_RDONLY);
        if (fd < 0 || read(fd, text, 7) != 7 || memcmp(text, "through", 7) ||
            read(fd, text, 1) != 0 || close(fd))
            return false;
        pthread_join(writer, &wrote);
        if (!wrote)
            return false;
    }
    int fd = open(path, O_RDONLY | O_NONBLOCK), both = open(path, O_RDWR);
    return fd >= 0 && both >= 0 && read(fd, text, 1) == -1 && errno == EAGAIN &&
           write(both, "x", 1) == 1 && read(fd, text, 1) == 1 && !close(both) && !close(fd) &&
           !unlink(path);
}

static bool terminal(void) // the tests' is none, on both sides
{
    struct termios t;
    cfmakeraw(&(struct termios){0});
    return isatty(0) ? !tcgetattr(0, &t) && (t.c_lflag & ICANON) && !tcsetattr(0, TCSANOW, &t)
                     : tcgetattr(0, &t) == -1 && errno == ENOTTY;
}

static void never(void) { abort(); }

static bool facts(void)
{
    struct statvfs room;
    char text[8] = "";
    return sizeof(ino_t) == 8 && sizeof(dev_t) == 8 && sizeof(off_t) == 8 && sizeof(nlink_t) == 8 &&
           sizeof(uid_t) == 4 && sizeof(blkcnt_t) == 8 && sysconf(_SC_REGEXP) > 0 &&
           sysconf(_SC_IOV_MAX) == IOV_MAX && sysconf(_SC_SHARED_MEMORY_OBJECTS) == -1 &&
           pathconf("/", _PC_NAME_MAX) == NAME_MAX && pathconf("/", _PC_SYMLINK_MAX) > 0 &&
           confstr(_CS_POSIX_V7_THREADS_CFLAGS, text, 4) == 9 && !strcmp(text, "-pt") &&
           !statvfs("/", &room) && room.f_bfree > 0 && room.f_bfree <= room.f_blocks &&
           room.f_ffree > 0 && room.f_ffree <= room.f_files && system(NULL) == 0 &&
           !pthread_atfork(never, never, never);
}

static bool parts(void) // options, conversion, tables, entropy
{
    static char *words[] = {"program", "--size=5", "-v", "rest", NULL};
    static const struct option longs[] = {{"size", required_argument, NULL, 's'}, {0}};
    static char *const tokens[] = {"ro", "size", NULL};
    char list[] = "size=7,ro", *at = list, *value, in[] = "caf\xe9", out[8] = "", *from = in,
         *to = out;
    size_t left = 4, room = sizeof out;
    iconv_t latin = iconv_open("UTF-8", "ISO-8859-1");
    unsigned char random[600] = {0};
    bool right = getopt_long(4, words, "v", longs, NULL) == 's' && !strcmp(optarg, "5") &&
                 getopt_long(4, words, "v", longs, NULL) == 'v' &&
                 getopt_long(4, words, "v", longs, NULL) == -1 && optind == 3 &&
                 getsubopt(&at, tokens, &value) == 1 && !strcmp(value, "7") &&
                 getsubopt(&at, tokens, &value) == 0 && *at == '\0' && latin != (iconv_t)-1 &&
                 iconv(latin, &from, &left, &to, &room) == 0 && !strcmp(out, "caf\u00e9") &&
                 hcreate(8) && hsearch((ENTRY){"key", "data"}, ENTER) &&
                 !strcmp(hsearch((ENTRY){"key", NULL}, FIND)->data, "data");
    volatile size_t many = SIZE_MAX / 2;
    int zeros = 0;
    if (getrandom(random, sizeof random, 0) == sizeof random)
        for (size_t i = 0; i < sizeof random; i++)
            zeros += random[i] == 0;
    return right && (zeros < 100 || errno == ENOSYS) && !reallocarray(NULL, many, 3);
}

static bool set_limit(int which, rlim_t now, rlim_t most)
{
    struct rlimit l = {now, most};
    return setrlimit(which, &l) == 0;
}

// A limit that is set holds, and may go up again to the hard one; what cannot be held is refused.
static bool limits(void)
{
    struct rlimit open, stack, data;
    if (getrlimit(RLIMIT_NOFILE, &open) || getrlimit(RLIMIT_STACK, &stack) ||
        getrlimit(RLIMIT_DATA, &data) || open.rlim_cur < 20 ||
        (long)open.rlim_cur != sysconf(_SC_OPEN_MAX) || stack.rlim_cur < 1 << 20 ||
        data.rlim_cur != RLIM_INFINITY || getrlimit(99, &data) != -1)
        return false;
    int first = dup(1), end = first + 2; // others may be open
    bool right =
        set_limit(RLIMIT_NOFILE, (rlim_t)end, open.rlim_max) && sysconf(_SC_OPEN_MAX) == end;
    right &= dup(1) == first + 1 && dup(1) == -1 && errno == EMFILE && dup2(1, end) == -1 &&
             errno == EBADF;
    right &= set_limit(RLIMIT_NOFILE, open.rlim_cur, open.rlim_max) && dup2(1, end) == end;
    for (int fd = first; fd <= end; fd++)
        close(fd);
    right &= !set_limit(RLIMIT_NOFILE, 5, open.rlim_max + 1) && errno == EPERM;
    right &= !set_limit(RLIMIT_STACK, 4096, 4096) && errno == EINVAL;
    right &= set_limit(RLIMIT_DATA, 0, RLIM_INFINITY);
    void *much = malloc(1 << 24);
    int error = errno;
    right &=
        much == NULL && error == ENOMEM && set_limit(RLIMIT_DATA, RLIM_INFINITY, RLIM_INFINITY);
    free(much);
    much = malloc(1 << 24);
    free(much);
    return right && much != NULL;
}

// What C says of sums with one rounding, of zeros' signs, and of exceptions.
static bool maths(void)
{
    volatile double x = 1 + 0x1p-30, zero = 0, tiny = 0x1p-1070, half = 1.5, whole, none = NAN;
    volatile float f = 1 + 0x1p-20f;
    volatile long double two = 2, eight = -8.1L;
    double part;
    int quotient = 0;
    bool right = fma(x, x, -(1 + 0x1p-29)) == 0x1p-60 &&
                 signbit(fma(-0x1p-1000 * x, 0x1p-100, zero)) &&
                 fmaf(f, f, -(1 + 0x1p-19f)) == 0x1p-40f && isinf(ldexp(1 + zero, INT_MAX)) &&
                 fdim(-INFINITY + zero, -INFINITY) == 0 && isnan(modf(none, &part)) &&
                 tgamma(-zero) == -INFINITY && !signbit(fmax(-zero, zero)) &&
                 signbit(fmin(zero, -zero)) && !signbit(jn(-1, INFINITY)) && exp10l(two) == 100 &&
                 fabsl(remquol(eight, two, &quotient) + 0.1L) < 1e-15L && (quotient & 7) == 4;
    feclearexcept(FE_ALL_EXCEPT);
    whole = nearbyint(half);
    right &= whole == 2 && !fetestexcept(FE_INEXACT);
    whole = atan(tiny);
    right &= fetestexcept(FE_UNDERFLOW) != 0;
    feclearexcept(FE_ALL_EXCEPT);
    whole = cosh(tiny);
    right &= !fetestexcept(FE_UNDERFLOW);
    eight = -0x1p-10000L;
    two = fmal(eight, 0x1.0000000000001p-6445L, 0x1p-16382L);
    right &= fetestexcept(FE_UNDERFLOW) != 0;
    feclearexcept(FE_ALL_EXCEPT);
    whole = fma(zero, -INFINITY, none);
    right &= fetestexcept(FE_INVALID) != 0 && !fesetround(FE_UPWARD);
    whole = nearbyint(-tiny);
    right &= whole == 0 && signbit(whole) && !fesetround(FE_TONEAREST);
    feclearexcept(FE_ALL_EXCEPT);
    whole = sqrt(half);
    return right && fetestexcept(FE_ALL_EXCEPT) == FE_INEXACT &&
           fesetexceptflag(&(fexcept_t){0}, 1 << 20) == 0;
}

static bool texts(void)
{
    wchar_t wide;
    struct tm t = {0};
    bool right = !iswprint(0xff) && !setlocale(LC_ALL, "pt_BR") && setenv("", "x", 1) == -1 &&
                 errno == EINVAL && setlocale(LC_ALL, "C.UTF-8") &&
                 mbrtowc(&wide, "\xc0", 1, &(mbstate_t){0}) == (size_t)-1 && iswprint(0xff) &&
                 setlocale(LC_ALL, "C");
    const char *rest = strptime("1856-07-10 -06 683078400|", "%F %z %s|", &t);
    setenv("LC_ALL", "de_AT.UTF-8", 1);
    const char *name = setlocale(LC_CTYPE, "");
    right &= name && !strcmp(name, "C.UTF-8") && unsetenv("LC_ALL") == 0 && setlocale(LC_ALL, "C");
    return right && rest && *rest == '\0' && t.tm_year == 91 && t.tm_mon == 7 && t.tm_mday == 25;
}

// Random numbers as on Linux, names of files that are not there, and what no number is.
static bool templates(void)
{
    char none[] = "/dev/null/aXXXXXX", folder[] = "/tmp/bXXXXXX", first[] = "/tmp/cXXXXXX.d",
         second[] = "/tmp/cXXXXXX.d";
    char text[32];
    union {
        struct {
            uint64_t mantissa;
            uint16_t exponent;
        } parts;
        long double real;
    } odd = {{1, 0x3fff}};
    bool right = !mkdtemp(none) && errno == ENOTDIR && !strcmp(none, "/dev/null/aXXXXXX");
    int a = mkstemps(first, 2), b = mkstemps(second, 2);
    right &= a >= 0 && b >= 0 && strcmp(first, second) && !close(a) && !close(b) &&
             !unlink(first) && !unlink(second);
    right &= mkdtemp(folder) == folder && !rmdir(folder);
    snprintf(text, sizeof text, "%La", odd.real);
    return right && lrand48() == 0 && lrand48() == 2116118 && !strcmp(text, "nan");
}

static void *take_one(void *sem)
{
    pthread_cancel(pthread_self());
    sem_wait(sem); // which has one
    return NULL;
}

static bool cancelled(void)
{
    sem_t sem;
    pthread_t t;
    void *result;
    return !sem_init(&sem, 0, 1) && !pthread_create(&t, NULL, take_one, &sem) &&
           !pthread_join(t, &result) && result == PTHREAD_CANCELED && !sem_trywait(&sem);
}

static bool robust(void)
{
    pthread_mutexattr_t attr;
    pthread_mutex_t m;
    return !pthread_mutexattr_init(&attr) &&
           !pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST) &&
           !pthread_mutex_init(&m, &attr) && !pthread_mutex_lock(&m) &&
           !pthread_mutex_destroy(&m) && !pthread_mutex_init(&m, &attr) &&
           !pthread_mutex_lock(&m) && !pthread_mutex_unlock(&m);
}

static bool advice(void)
{
    int fd = open("/tmp/advice", O_RDWR | O_CREAT, 0600), ends[2];
    bool right = fd >= 0 && pipe(ends) == 0 && posix_fadvise(fd, 0, 0, POSIX_FADV_WILLNEED) == 0 &&
                 posix_fadvise(fd, 0, 0, 17) == EINVAL &&
                 posix_fadvise(ends[0], 0, 0, 0) == ESPIPE && posix_fadvise(77, 0, 0, 0) == EBADF;
    close(ends[0]);
    close(ends[1]);
    return close(fd) == 0 && right;
}

static const struct {
    const char *name;
    bool (*right)(void);
} checks[] = {
    {"alarm", alarms},
    {"sigaction with siginfo", actions},
    {"dup, dup2, pipe", redirected},
    {"uname, user and host", names},
    {"long double", long_doubles},
    {"mmap, munmap in part", anonymous},
    {"regcomp, fnmatch", expressions},
    {"poll, select", waits},
    {"_setjmp, sigsetjmp", jumps},
    {"strtof, strtol", numbers},
    {"attributes of threads", attributes},
    {"threads.h", c11},
    {"the clock's year", year},
    {"getrusage, clocks of CPU time", used},
    {"memory streams", memory_streams},
    {"tm_gmtoff, timegm, zones", zones},
    {"getrlimit, setrlimit", limits},
    {"posix_fadvise", advice},
    {"fma, zeros, exceptions", maths},
    {"locales, strptime, bytes that are no UTF-8", texts},
    {"a robust mutex that is held ends", robust},
    {"mkstemp, lrand48, what is no number", templates},
    {"sem_wait ends a thread", cancelled},
    {"glob, nftw, getline", walks},
    {"mkfifo", fifos},
    {"termios", terminal},
    {"sysconf, pathconf, confstr, types", facts},
    {"getopt_long, getsubopt, iconv, hsearch, getrandom", parts},
};

int main(void)
{
    errno = 0;
    puts("The first line:");
    int failed = errno != 0;
    printf("%s errno after the first output\n", failed ? "FAIL" : "PASS");
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        bool right = checks[i].right();
        failed += !right;
        printf("%s %s\n", right ? "PASS" : "FAIL", checks[i].name);
    }
    return failed != 0;
}
