#define _GNU_SOURCE
#include "fast_ctr.h"

#include <dlfcn.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { STREAM_BYTES = 8192 };

/* Hangs on a context as its application data, and is freed with it. */
struct key_stream {
    /* A copied context has a pointer to this but is not its owner, and gets no help. */
    const EVP_CIPHER_CTX *owner;
    unsigned position;
    _Alignas(64) unsigned char bytes[STREAM_BYTES];
};

typedef int cipher_function(EVP_CIPHER_CTX *, unsigned char *, const unsigned char *, unsigned);
typedef void free_function(EVP_CIPHER_CTX *);

static cipher_function *real_cipher;
static free_function *real_free;
static int is_off;
static atomic_ulong contexts;
static const unsigned char zeros[STREAM_BYTES];

/* Before main and before any thread. */
__attribute__((constructor)) static void find_the_real_ones(void)
{
    const char *plain = getenv("REKINDLE_PLAIN_CIPHER");
    is_off = plain != NULL && *plain != '\0' && strcmp(plain, "0") != 0;
    real_cipher = (cipher_function *)dlsym(RTLD_NEXT, "EVP_Cipher");
    real_free = (free_function *)dlsym(RTLD_NEXT, "EVP_CIPHER_CTX_free");
}

unsigned long rekindle_fast_ctr_contexts(void) { return atomic_load(&contexts); }
int rekindle_fast_ctr_is_off(void) { return is_off; }

/* Whether the code at an address is libssh2's. */
static int is_libssh2(const void *address)
{
    Dl_info info;
    if (!dladdr(address, &info) || !info.dli_fname) return 0;
    const char *slash = strrchr(info.dli_fname, '/');
    return strncmp(slash ? slash + 1 : info.dli_fname, "libssh2.", 8) == 0;
}

/* A context that has given no byte of its stream yet can be taken on; NULL where it is to be left alone. */
static struct key_stream *take_on(EVP_CIPHER_CTX *context, unsigned count, const void *caller)
{
    if (is_off || count != 16 || EVP_CIPHER_CTX_get_mode(context) != EVP_CIPH_CTR_MODE || EVP_CIPHER_CTX_get_num(context) != 0
        || (caller && !is_libssh2(caller)))
        return NULL;
    struct key_stream *stream = aligned_alloc(64, sizeof *stream);
    if (!stream) return NULL;
    stream->owner = context;
    stream->position = STREAM_BYTES;
    EVP_CIPHER_CTX_set_app_data(context, stream);
    atomic_fetch_add(&contexts, 1);
    return stream;
}

static int refill(EVP_CIPHER_CTX *context, struct key_stream *stream)
{
    /* The count since OpenSSL 3, 1 before; nothing else is success. */
    if (real_cipher(context, stream->bytes, zeros, STREAM_BYTES) <= 0) return 0;
    stream->position = 0;
    return 1;
}

static int deal(EVP_CIPHER_CTX *context, struct key_stream *stream, unsigned char *output, const unsigned char *input, unsigned count)
{
    if (count == 16 && stream->position <= STREAM_BYTES - 16) {
        uint64_t text[2], key[2];
        memcpy(text, input, 16);
        memcpy(key, stream->bytes + stream->position, 16);
        text[0] ^= key[0];
        text[1] ^= key[1];
        memcpy(output, text, 16);
        stream->position += 16;
        return 16;
    }
    for (unsigned i = 0; i < count; i++) {
        if (stream->position == STREAM_BYTES && !refill(context, stream)) return -1;
        output[i] = input[i] ^ stream->bytes[stream->position++];
    }
    return (int)count;
}

static inline int cipher(EVP_CIPHER_CTX *context, unsigned char *output, const unsigned char *input, unsigned count, const void *caller)
{
    if (!real_cipher) return -1;
    if (context && output && input) {
        struct key_stream *stream = EVP_CIPHER_CTX_get_app_data(context);
        if (!stream) stream = take_on(context, count, caller);
        /* Nothing else in this program sets application data on a context. */
        if (stream && stream->owner == context) return deal(context, stream, output, input, count);
    }
    return real_cipher(context, output, input, count);
}

int rekindle_fast_ctr_cipher(EVP_CIPHER_CTX *context, unsigned char *output, const unsigned char *input, unsigned count)
{
    return cipher(context, output, input, count, NULL);
}

/* These two names are what the dynamic linker finds first, before libcrypto's. */

int EVP_Cipher(EVP_CIPHER_CTX *context, unsigned char *output, const unsigned char *input, unsigned count)
{
    return cipher(context, output, input, count, __builtin_return_address(0));
}

void EVP_CIPHER_CTX_free(EVP_CIPHER_CTX *context)
{
    struct key_stream *stream = context ? EVP_CIPHER_CTX_get_app_data(context) : NULL;
    if (stream && stream->owner == context) {
        EVP_CIPHER_CTX_set_app_data(context, NULL);
        OPENSSL_cleanse(stream, sizeof *stream);
        free(stream);
    }
    if (real_free) real_free(context);
}
