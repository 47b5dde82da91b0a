#include "CLinux.h"
#include <linux/openat2.h>
#include <sched.h>
#include <string.h>

ssize_t hf_find_bytes(const void *bytes, size_t count, const void *mark, size_t length) {
    const char *found = memmem(bytes, count, mark, length);
    return found ? found - (const char *)bytes : -1;
}

int hf_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int hf_open_beneath(int folder, const char *path, int flags, mode_t mode) {
    struct open_how how = {
        .flags = (unsigned)(flags | O_CLOEXEC),
        .mode = mode,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

int hf_resize_pipe(int pipe, int bytes) { return fcntl(pipe, F_SETPIPE_SZ, bytes) < 0; }

int hf_accept(int listening, struct sockaddr *address, socklen_t *length) {
    return accept4(listening, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int hf_lock(int file, struct flock *range) { return fcntl(file, F_OFD_SETLK, range); }

int hf_look_at_lock(int file, struct flock *range) { return fcntl(file, F_OFD_GETLK, range); }

void hf_interrupt_nobody(int polite) {
    struct sched_param none = {0};
    int policy = sched_getscheduler(0);
    // Whoever gave it another has their reasons.
    if (policy == (polite ? SCHED_OTHER : SCHED_BATCH)) sched_setscheduler(0, polite ? SCHED_BATCH : SCHED_OTHER, &none);
}
