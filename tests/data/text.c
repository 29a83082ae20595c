/* SPDX-License-Identifier: BSD-2-Clause */
/* Dates, text, sorting, wide characters: what is to be as the host's C library has it
 * (tests/area/cc.sh). */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <langinfo.h>
#include <libgen.h>
#include <locale.h>
#include <search.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <uchar.h>
#include <wchar.h>
#include <wctype.h>

static unsigned long long seed = 1;

static unsigned draw(unsigned below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % below;
}

static void date(const struct tm *t)
{
    static const char *const formats[] = {
        "%a %A %b %B %c %C %d %D %e %F %g %G", "%h %H %I %j %k %l %m %M %n%p %P %r %R",
        "%s %S %t%T %u %U %V %w %W %x %X %y %Y", "%z %Z %% %Ey %Od %-d %_d %-H %_m %05Y"};
    char text[256];
    for (unsigned i = 0; i < sizeof formats / sizeof *formats; i++) {
        size_t n = strftime(text, sizeof text, formats[i], t);
        printf("%zu %s\n", n, text);
    }
    wchar_t wide[64];
    size_t n = wcsftime(wide, 64, L"%A, %d. %B %Y %Z", t);
    printf("%zu %ls|%ld %s\n", n, wide, (long)t->tm_gmtoff, t->tm_zone);
}

static void dates(void)
{
    static const char *const zones[] = {"UTC0",
                                        "CET-1CEST,M3.5.0,M10.5.0/3",
                                        "EST5EDT,M3.2.0,M11.1.0",
                                        "NZST-12NZDT,M9.5.0,M4.1.0/3",
                                        "<+0330>-3:30<+0430>,J79/24,J263/24",
                                        "<-03>3",
                                        "XYZ-14:15:16",
                                        "STD3DST,59,300/1:30:10",
                                        ""};
    for (unsigned z = 0; z < sizeof zones / sizeof *zones; z++) {
        setenv("TZ", zones[z], 1);
        tzset();
        printf("%s: %s %s %ld %d\n", zones[z], tzname[0], tzname[1], timezone, daylight);
        for (int i = 0; i < 7; i++) {
            time_t when = (time_t)draw(1u << 31) * (i == 6 ? 20 : 1) -
                          (i == 5 && strchr(zones[z], ',') == NULL ? 4000000000 : 0);
            struct tm t = *localtime(&when), again = t;
            printf("%lld %d\n", (long long)when, mktime(&again) == when);
            date(&t);
            again = *gmtime(&when);
            printf("%s%d ", asctime(&again), timegm(&again) == when);
            printf("%s", ctime(&when)); /* in asctime()'s place */
        }
        struct tm odd = {.tm_year = 124,
                         .tm_mon = 14,
                         .tm_mday = -40,
                         .tm_hour = 100,
                         .tm_min = -7,
                         .tm_sec = 3700,
                         .tm_isdst = -1};
        long long made = mktime(&odd);
        printf("%lld\n", made);
        date(&odd);
        odd = (struct tm){.tm_year = 120, .tm_mon = 6, .tm_mday = 1, .tm_hour = 12, .tm_isdst = -1};
        made = mktime(&odd);
        printf("%lld\n", made);
    }
    setenv("TZ", "UTC0", 1);
    static const char *const texts[][2] = {{"2024-02-29 23:59:58", "%Y-%m-%d %H:%M:%S"},
                                           {"Thu, 1 Jan 1970 00:00:00", "%a, %d %b %Y %T"},
                                           {"12/31/69 11 PM", "%D %I %p"},
                                           {"tuesday march", "%A %B"},
                                           {"99", "%y"}};
    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct tm t = {0};
        char *end = strptime(texts[i][0], texts[i][1], &t);
        printf("%s: %s %d %d %d %d %d %d\n", texts[i][0], end != NULL ? end : "none", t.tm_year,
               t.tm_mon, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
    }
}

static void scans(void)
{
    static const char *const rows[][2] = {{"12 0x1f 017 -9", "%d %i %i %d"},
                                          {"3.5e2abc", "%f%3s"},
                                          {"key=value; x", "%[^=]=%[^;]"},
                                          {"abc]def", "%[]a-c]%s"},
                                          {"  7,8", "%d,%d"},
                                          {"  7 ,8", "%d,%d"},
                                          {"123456", "%2d%3d%d"},
                                          {"ff FF", "%x %X"},
                                          {"abc", "%*2c%c"},
                                          {"100%", "%d%%"},
                                          {"", "%d"},
                                          {"x", "%d"}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        union {
            char text[64];
            long number;
            float real;
        } a[4];
        memset(a, 0, sizeof a);
        int n = sscanf(rows[i][0], rows[i][1], &a[0], &a[1], &a[2], &a[3]);
        printf("%s %s: %d", rows[i][0], rows[i][1], n);
        for (int k = 0; k < 4; k++)
            for (unsigned b = 0; b < 8; b++)
                printf("%s%02x", b == 0 ? " " : "", (unsigned char)a[k].text[b]);
        putchar('\n');
    }
    char *made = NULL;
    wchar_t wide[16] = L"";
    int n = 0, got = sscanf("allocated \u20ac4 5", "%ms %l[^ ] %n", &made, wide, &n);
    printf("%d %s %ls %d\n", got, made, wide, n);
    free(made);
    signed char c = 0;
    short h = 0;
    intmax_t j = 0;
    size_t z = 0;
    got = sscanf("300 70000 -5 6", "%hhd %hd %jd %zu", &c, &h, &j, &z);
    printf("%d %d %d %jd %zu\n", got, c, h, j, z);
}

static int by_number(const void *a, const void *b)
{
    return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}

static int by_context(const void *a, const void *b, void *sign)
{
    return by_number(a, b) * *(int *)sign;
}

static void sorts(void)
{
    int numbers[200], sign = -1;
    for (int round = 0; round < 10; round++) {
        size_t n = 1 + draw(200);
        for (size_t i = 0; i < n; i++)
            numbers[i] = (int)draw(round < 5 ? 1000 : 5) - 2;
        if (round % 2 == 0)
            qsort(numbers, n, sizeof *numbers, by_number);
        else
            qsort_r(numbers, n, sizeof *numbers, by_context, &sign);
        for (size_t i = 0; i < n; i++)
            printf("%d%c", numbers[i], i + 1 < n ? ' ' : '\n');
        int key = 3, *found = bsearch(&key, numbers, n, sizeof *numbers, by_number);
        if (round % 2 == 0 && round < 5)
            printf("%d\n", found != NULL);
        size_t count = n;
        found = lfind(&numbers[n / 2], numbers, &count, sizeof *numbers, by_number);
        printf("%d\n", found != NULL && *found == numbers[n / 2]);
    }
}

static void words(void)
{
    static const char *const list[] = {"",      "a",      "abc",    "aBc",       "abd",
                                       "file9", "file10", "file09", "/usr/lib/", "/",
                                       "x/y",   ".",      "a,b;;c", "caf\u00e9"};
    unsigned n = sizeof list / sizeof *list;
    for (unsigned i = 0; i < n; i++) {
        const char *a = list[i];
        char copy[32], other[32], pieces[32];
        strcpy(copy, a), strcpy(other, a), strcpy(pieces, a);
        printf("'%s' %s", a, basename(copy));
        printf(" %s", dirname(other));
        for (char *rest = pieces, *piece; (piece = strsep(&rest, ",;")) != NULL;)
            printf(" [%s]", piece);
        strcpy(pieces, a);
        char *state, *token = strtok_r(pieces, ",;/", &state);
        for (; token != NULL; token = strtok_r(NULL, ",;/", &state))
            printf(" <%s>", token);
        printf(" %zu %zu %zu\n", strspn(a, "abcdef"), strcspn(a, "0123456789"), strnlen(a, 3));
        for (unsigned k = 0; k < n; k++) {
            const char *b = list[k];
            int signs[] = {strcmp(a, b),    strcasecmp(a, b), strncmp(a, b, 2),
                           strcoll(a, b),   strverscmp(a, b), strncasecmp(a, b, 3),
                           memcmp(a, b, 1), fnmatch(a, b, 0)};
            for (unsigned s = 0; s < sizeof signs / sizeof *signs; s++)
                putchar(signs[s] < 0 ? '<' : signs[s] > 0 ? '>' : '=');
            const char *found = strcasestr(b, a);
            printf("%td %d;", found != NULL ? found - b : -1, strpbrk(a, b) != NULL);
        }
        putchar('\n');
    }
    char to[8];
    memset(to, 'x', sizeof to);
    printf("%td %td", stpcpy(to, "abc") - to, stpncpy(to, "de", 5) - to);
    const char *plain = "abca";
    printf(" %td %td", strchrnul(plain, 'z') - plain, (char *)memrchr(plain, 'a', 4) - plain);
    printf(" %d %d %d %s\n", ffs(48), ffsl(1L << 40), ffsll(0),
           (char *)memmem("one two", 7, "two", 3));
    printf("%s|%s|%s\n", strerror(0), strerror(ENOENT), strerror(EINVAL));
}

static void errors(void)
{
#define E(name) printf(#name " %s\n", strerror(name))
    E(EPERM), E(ENOENT), E(ESRCH), E(EINTR), E(EIO), E(ENXIO), E(E2BIG), E(ENOEXEC), E(EBADF);
    E(ECHILD), E(EAGAIN), E(ENOMEM), E(EACCES), E(EFAULT), E(EBUSY), E(EEXIST), E(EXDEV);
    E(ENODEV), E(ENOTDIR), E(EISDIR), E(EINVAL), E(ENFILE), E(EMFILE), E(ENOTTY), E(EFBIG);
    E(ENOSPC), E(ESPIPE), E(EROFS), E(EMLINK), E(EPIPE), E(EDOM), E(ERANGE), E(EDEADLK);
    E(ENAMETOOLONG), E(ENOLCK), E(ENOSYS), E(ENOTEMPTY), E(ELOOP), E(EOVERFLOW), E(EILSEQ);
    E(EOPNOTSUPP), E(ETIMEDOUT), E(ECANCELED), E(EOWNERDEAD), E(ENOTRECOVERABLE), E(EPROTO);
    E(EADDRINUSE), E(ECONNREFUSED), E(ECONNRESET), E(ENOTCONN), E(EINPROGRESS), E(EALREADY);
    E(ENOTSOCK), E(EMSGSIZE), E(EBADMSG), E(EIDRM), E(ENOMSG), E(EISCONN), E(ESTALE), E(EDQUOT);
    static const int signals[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGILL,  SIGTRAP, SIGABRT, SIGBUS,
                                  SIGFPE,  SIGKILL, SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM,
                                  SIGTERM, SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN};
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
        printf("%s\n", strsignal(signals[i]));
}

static void pairs(void) // through UTF-16 and back
{
    const char *from = "a\u20ac\U0001f600z";
    mbstate_t in = {0}, back = {0};
    for (size_t left = strlen(from) + 1, used = 0; left > 0; left -= used, from += used) {
        char16_t c = 0;
        char bytes[8] = "";
        used = mbrtoc16(&c, from, left, &in);
        size_t made = c16rtomb(bytes, c, &back);
        printf("%zd %x %zd %s\n", (ssize_t)used, c, (ssize_t)made, bytes);
        used = used == (size_t)-3 ? 0 : used == 0 ? 1 : used;
    }
}

static void wide(void)
{
    pairs();
    static const wchar_t chars[] =
        L"aZ 0\u00e4\u00c4\u00df\u0416\u0436\u03a9\u20ac\u4e2d\u3042\U0001f600";
    for (const wchar_t *c = chars; *c != L'\0'; c++) {
        char bytes[8];
        int n = wctomb(bytes, *c);
        wchar_t back;
        printf("%x %d %d %x %x", (unsigned)*c, n, mbtowc(&back, bytes, (size_t)n),
               (unsigned)towupper(*c), (unsigned)towlower(*c));
        printf(" %d%d%d%d%d %d\n", !!iswalpha(*c), !!iswupper(*c), !!iswspace(*c), !!iswpunct(*c),
               !!iswprint(*c), wcwidth(*c));
    }
    const char *text = "na\u00efve \u4e2d\u6587 \U0001f600", *at = text;
    wchar_t out[32];
    mbstate_t state = {0};
    size_t n = mbsrtowcs(out, &at, 32, &state);
    printf("%zu %d %zu %d\n", n, at == NULL, wcslen(out), wcswidth(out, n));
    printf("%d %d %ls\n", wcscmp(L"a", L"b") < 0, wcscoll(L"a", L"B") < 0, wcsstr(out, L"\u4e2d"));
    wchar_t *state2, copy[32];
    wcscpy(copy, out);
    for (wchar_t *t = wcstok(copy, L" ", &state2); t != NULL; t = wcstok(NULL, L" ", &state2))
        printf("<%ls>", t);
    printf(" %ld %.3f %zu\n", wcstol(L"-0x1f", NULL, 0), wcstod(L"2.5e1", NULL),
           wcscspn(out, L"v"));
    static const char *const bad[] = {"\xff", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\xc0\xaf", "ok"};
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        wchar_t c = 0;
        state = (mbstate_t){0};
        printf("%zd ", (ssize_t)mbrtowc(&c, bad[i], strlen(bad[i]), &state));
    }
    printf("%s %s %zu\n", nl_langinfo(CODESET), nl_langinfo(RADIXCHAR), (size_t)MB_CUR_MAX);
    printf("%s %s %s %s\n", nl_langinfo(DAY_1), nl_langinfo(ABMON_12), nl_langinfo(D_T_FMT),
           nl_langinfo(YESEXPR));
}

static void addresses(void)
{
    static const char *const texts[] = {"127.0.0.1",
                                        "255.255.255.255",
                                        "0.0.0.0",
                                        "1.2.3",
                                        "1.2.3.256",
                                        "01.2.3.4",
                                        "1.2.3.4x",
                                        "0x7f.1",
                                        "1.2.3.4.5",
                                        "",
                                        "::",
                                        "::1",
                                        "1::",
                                        "fe80::1:2",
                                        "1:2:3:4:5:6:7:8",
                                        "1:2:3::8",
                                        "::ffff:1.2.3.4",
                                        "::2:1.2.3.4",
                                        "1:2:3:4:5:6:7",
                                        "1::2::3",
                                        "12345::",
                                        ":1",
                                        "1:",
                                        "::g",
                                        "64:ff9b::192.0.2.33"};
    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct in_addr four = {0};
        struct in6_addr six = in6addr_any;
        char text[INET6_ADDRSTRLEN];
        printf("%s:", texts[i]);
        if (inet_pton(AF_INET, texts[i], &four) == 1)
            printf(" %08x %s", ntohl(four.s_addr), inet_ntop(AF_INET, &four, text, sizeof text));
        if (inet_pton(AF_INET6, texts[i], &six) == 1)
            printf(" %s %d%d", inet_ntop(AF_INET6, &six, text, sizeof text),
                   !!IN6_IS_ADDR_LINKLOCAL(&six), !!IN6_IS_ADDR_V4MAPPED(&six));
        if (inet_aton(texts[i], &four))
            printf(" %s %08x", inet_ntoa(four), ntohl(inet_addr(texts[i])));
        puts("");
    }
    char little[4];
    errno = 0;
    const char *fits = inet_ntop(AF_INET, &(struct in_addr){0}, little, sizeof little);
    printf("%d %d", fits != NULL, errno == ENOSPC);
    int kind = inet_pton(77, "1.2.3.4", little);
    printf(" %d %d %x %x\n", kind, errno == EAFNOSUPPORT, htons(0x1234),
           IN6_ARE_ADDR_EQUAL(&in6addr_any, &in6addr_loopback));
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    dates();
    scans();
    sorts();
    words();
    errors();
    wide();
    addresses();
    for (int c = 0; c < 128; c++)
        printf("%d%d%d%d%d%d%d%d%d%d%d%c", !!isalnum(c), !!isalpha(c), !!isblank(c), !!iscntrl(c),
               !!isdigit(c), !!isgraph(c), !!islower(c), !!isprint(c), !!ispunct(c), !!isspace(c),
               !!isxdigit(c), c % 8 == 7 ? '\n' : ' ');
    return 0;
}
