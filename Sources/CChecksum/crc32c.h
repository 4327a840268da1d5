#ifndef REKINDLE_CRC32C_H
#define REKINDLE_CRC32C_H
/* CRC-32C (Castagnoli, RFC 3720 appendix B.4), as Go's crc32.MakeTable(crc32.Castagnoli).
   In C because Swift cannot reach the CPU's instruction; without it, a bit at a time would cost
   minutes on a large snapshot, so there is a table as well. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)

__attribute__((target("sse4.2")))
static inline uint32_t rekindle_crc32c_sse42(uint32_t crc, const uint8_t *p, size_t n) {
    uint64_t c = crc;
    for (; n >= 8; p += 8, n -= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        c = __builtin_ia32_crc32di(c, word);
    }
    for (; n > 0; p++, n--) c = __builtin_ia32_crc32qi((uint32_t)c, *p);
    return (uint32_t)c;
}
#endif

/* Fills 256 entries for the reflected polynomial. */
static inline void rekindle_crc32c_table(uint32_t *table) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int bit = 0; bit < 8; bit++) c = c & 1 ? (c >> 1) ^ 0x82F63B78u : c >> 1;
        table[i] = c;
    }
}

static inline uint32_t rekindle_crc32c_plain(
    uint32_t crc, const uint8_t *p, size_t n, const uint32_t *table
) {
    for (; n > 0; p++, n--) crc = table[(crc ^ *p) & 0xFF] ^ (crc >> 8);
    return crc;
}

static inline int rekindle_crc32c_has_instruction(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("sse4.2");
#else
    return 0;
#endif
}

/* crc is the inverted running value: begin with ~0u, end with ~. */
static inline uint32_t rekindle_crc32c(
    uint32_t crc, const void *p, size_t n, const uint32_t *table
) {
#if defined(__x86_64__)
    if (table == NULL) return rekindle_crc32c_sse42(crc, (const uint8_t *)p, n);
#endif
    return rekindle_crc32c_plain(crc, (const uint8_t *)p, n, table);
}
#endif
