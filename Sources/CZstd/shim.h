#ifndef REKINDLE_CZSTD_SHIM_H
#define REKINDLE_CZSTD_SHIM_H
#include <zstd.h>
#endif
