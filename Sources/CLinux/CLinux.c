#include "CLinux.h"

int hf_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int hf_accept(int listening, struct sockaddr *address, socklen_t *length) {
    return accept4(listening, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
