#ifndef REKINDLE_CZLIB_SHIM_H
#define REKINDLE_CZLIB_SHIM_H
#include <zlib.h>
/* A macro in zlib.h. 15 + 16: a window of 32 KiB, and gzip's header and trailer (RFC 1952). */
static inline int rekindle_deflate_gzip(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
#endif
