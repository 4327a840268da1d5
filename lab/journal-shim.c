/* Preloaded into the coordinator by the fault tests: what a journal's disk, and the clock, can do to it.
 *
 * REKINDLE_SHIM="WHAT N [SECONDS]", where N counts the writes to a file named journal.jsonl, from 1:
 *   kill-before    SIGKILL before write N reaches the file
 *   kill-torn      SIGKILL when half of write N is in the file
 *   kill-between   SIGKILL between write N and its fdatasync
 *   kill-after     SIGKILL when that fdatasync has returned
 *   kill-seen      the same, where N counts only writes that hold what follows N: kill-seen 2 "kind":"put"
 *   full, read-only, broken   from write N on: ENOSPC, EROFS; EIO of the fdatasync
 *   clock          from write N on (0: at once) the clock of day is SECONDS ahead of what it is
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static char what[32];
static char sign[200];
static long at = LONG_MAX, ahead;
static atomic_long writes, seen;

__attribute__((constructor)) static void arm(void) {
    const char *text = getenv("REKINDLE_SHIM");
    if (!text) return;
    sscanf(text, "%31s %ld %199[^\n]", what, &at, sign);
    ahead = strtol(sign, NULL, 10);
}

static int is(const char *name) { return strcmp(what, name) == 0; }

static int is_journal(int file) {
    static const char name[] = "/journal.jsonl";
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t n = readlink(link, path, sizeof path);
    return n >= (ssize_t)(sizeof name - 1) && memcmp(path + n - (sizeof name - 1), name, sizeof name - 1) == 0;
}

ssize_t write(int file, const void *bytes, size_t count) {
    static ssize_t (*next)(int, const void *, size_t);
    if (!next) next = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    int saved = errno;
    int ours = *what && is_journal(file);
    errno = saved;
    if (!ours) return next(file, bytes, count);
    long now = ++writes;
    if (is("kill-seen") && memmem(bytes, count, sign, strlen(sign))) seen++;
    if (now == at && is("kill-before")) raise(SIGKILL);
    if (now == at && is("kill-torn")) { next(file, bytes, count / 2); raise(SIGKILL); }
    if (now >= at && is("full")) { errno = ENOSPC; return -1; }
    if (now >= at && is("read-only")) { errno = EROFS; return -1; }
    return next(file, bytes, count);
}

int fdatasync(int file) {
    static int (*next)(int);
    if (!next) next = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    int ours = *what && is_journal(file);
    if (ours && writes == at && is("kill-between")) raise(SIGKILL);
    if (ours && writes >= at && is("broken")) { errno = EIO; return -1; }
    int code = next(file);
    if (ours && writes == at && is("kill-after")) raise(SIGKILL);
    if (ours && seen == at && is("kill-seen")) raise(SIGKILL);
    return code;
}

static long shift(void) { return is("clock") && writes >= at ? ahead : 0; }

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*next)(clockid_t, struct timespec *);
    if (!next) next = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int code = next(clock, time);
    if (code == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += shift();
    return code;
}

int gettimeofday(struct timeval *restrict value, void *restrict zone) {
    static int (*next)(struct timeval *, void *);
    if (!next) next = (int (*)(struct timeval *, void *))dlsym(RTLD_NEXT, "gettimeofday");
    int code = next(value, zone);
    if (code == 0) value->tv_sec += shift();
    return code;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}
