#ifndef REKINDLE_CLINUX_SHIM_H
#define REKINDLE_CLINUX_SHIM_H
#include <malloc.h>
#include <stddef.h>
#include <sys/types.h>
/* What glibc declares for _GNU_SOURCE only, which Swift's module of it is built without. */
extern int pipe2(int ends[2], int flags);
/* Looks into a pipe without taking anything out of it (tee(2)). */
extern ssize_t tee(int from, int to, size_t count, unsigned int flags);
/* <spawn.h> of glibc 2.26 and newer. */
enum { REKINDLE_SPAWN_SETSID = 0x80 };
/* <fcntl.h>: SPLICE_F_NONBLOCK. */
enum { REKINDLE_TEE_NONBLOCK = 2 };
#endif
