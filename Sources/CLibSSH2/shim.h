#ifndef REKINDLE_CLIBSSH2_SHIM_H
#define REKINDLE_CLIBSSH2_SHIM_H
/* No _GNU_SOURCE here: fd_set then differs from the Glibc module and debug builds fail. */
#include <libssh2.h>
#include <libssh2_sftp.h>
#include <stdint.h>
#include <sys/eventfd.h>

/* Flag unions and arithmetic macros are not imported. */
static const int32_t REKINDLE_EVENTFD_FLAGS = EFD_CLOEXEC | EFD_NONBLOCK;
static const int32_t REKINDLE_EVENTFD_BLOCKING = EFD_CLOEXEC;
static const uint32_t REKINDLE_CHANNEL_WINDOW = LIBSSH2_CHANNEL_WINDOW_DEFAULT;
static const uint32_t REKINDLE_CHANNEL_PACKET = LIBSSH2_CHANNEL_PACKET_DEFAULT;

/* libssh2 takes its callbacks as void pointers; these names keep their types. */
typedef LIBSSH2_SEND_FUNC((*rekindle_send_callback));
typedef LIBSSH2_RECV_FUNC((*rekindle_receive_callback));
typedef LIBSSH2_DISCONNECT_FUNC((*rekindle_disconnect_callback));
typedef LIBSSH2_USERAUTH_PUBLICKEY_SIGN_FUNC((*rekindle_sign_callback));
typedef LIBSSH2_USERAUTH_KBDINT_RESPONSE_FUNC((*rekindle_keyboard_callback));

static inline void rekindle_set_callbacks(LIBSSH2_SESSION *session,
                                          rekindle_send_callback on_send,
                                          rekindle_receive_callback on_receive,
                                          rekindle_disconnect_callback on_disconnect)
{
    libssh2_session_callback_set(session, LIBSSH2_CALLBACK_SEND, (void *)on_send);
    libssh2_session_callback_set(session, LIBSSH2_CALLBACK_RECV, (void *)on_receive);
    libssh2_session_callback_set(session, LIBSSH2_CALLBACK_DISCONNECT, (void *)on_disconnect);
}
#endif
