#ifndef REKINDLE_CLIBSSH2_SHIM_H
#define REKINDLE_CLIBSSH2_SHIM_H
/* No _GNU_SOURCE here: fd_set then differs from the Glibc module and debug builds fail. */
#include <libssh2.h>
#include <libssh2_sftp.h>
#include <stdint.h>
#include <sys/eventfd.h>
#endif
