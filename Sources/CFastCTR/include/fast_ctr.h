#ifndef REKINDLE_FAST_CTR_H
#define REKINDLE_FAST_CTR_H

/* libssh2 asks OpenSSL for 16 bytes of AES-CTR at a time, 67 million times for a GiB, which is half of its work. This module stands in
 * front of OpenSSL's EVP_Cipher, makes the key stream in larger pieces and deals it out: the bytes are the same.
 *
 * It touches only a context of a counter mode whose first call comes from libssh2's own code; every other caller, this program's
 * included, reaches OpenSSL as ever. REKINDLE_PLAIN_CIPHER=1 in the environment switches it off. */

/* How many contexts it has taken on so far; 0 where it is switched off. */
unsigned long rekindle_fast_ctr_contexts(void);
int rekindle_fast_ctr_is_off(void);

/* The same functions for a test, without the question who calls. */
struct evp_cipher_ctx_st;
int rekindle_fast_ctr_cipher(struct evp_cipher_ctx_st *context, unsigned char *output, const unsigned char *input, unsigned count);
#endif
