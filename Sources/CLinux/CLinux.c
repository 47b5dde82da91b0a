#define _GNU_SOURCE
#include "CLinux.h"

int hf_accept(int listening, struct sockaddr *address, socklen_t *length) {
    return accept4(listening, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
