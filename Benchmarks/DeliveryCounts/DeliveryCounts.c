#include "DeliveryCounts.h"
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static __thread bool is_loop;
static atomic_int awake;
static _Atomic int64_t allocations, sends, receives, waits, changes;

static inline void count(_Atomic int64_t *counter) {
    if (is_loop) atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

hf_counts hf_counts_now(void) {
    return (hf_counts){allocations, sends, receives, waits, changes};
}

bool hf_loops_rest(void) { return atomic_load(&awake) == 0; }

// MARK: The allocator, behind the names that the C library keeps for those who stand in for it.

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

void *malloc(size_t size) {
    count(&allocations);
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count(&allocations);
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
    count(&allocations);
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    count(&allocations);
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **target, size_t alignment, size_t size) {
    void *found = memalign(alignment, size);
    if (!found) return ENOMEM;
    *target = found;
    return 0;
}

// MARK: The kernel

ssize_t send(int fd, const void *bytes, size_t size, int flags) {
    count(&sends);
    return syscall(SYS_sendto, fd, bytes, size, flags, NULL, 0);
}

ssize_t sendto(int fd, const void *bytes, size_t size, int flags, const struct sockaddr *to, socklen_t length) {
    count(&sends);
    return syscall(SYS_sendto, fd, bytes, size, flags, to, length);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    count(&sends);
    return syscall(SYS_sendmsg, fd, message, flags);
}

ssize_t write(int fd, const void *bytes, size_t size) {
    count(&sends);
    return syscall(SYS_write, fd, bytes, size);
}

ssize_t writev(int fd, const struct iovec *pieces, int number) {
    count(&sends);
    return syscall(SYS_writev, fd, pieces, number);
}

ssize_t recv(int fd, void *bytes, size_t size, int flags) {
    count(&receives);
    return syscall(SYS_recvfrom, fd, bytes, size, flags, NULL, NULL);
}

ssize_t recvfrom(int fd, void *bytes, size_t size, int flags, struct sockaddr *from, socklen_t *length) {
    count(&receives);
    return syscall(SYS_recvfrom, fd, bytes, size, flags, from, length);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
    count(&receives);
    return syscall(SYS_recvmsg, fd, message, flags);
}

ssize_t read(int fd, void *bytes, size_t size) {
    count(&receives);
    return syscall(SYS_read, fd, bytes, size);
}

ssize_t readv(int fd, const struct iovec *pieces, int number) {
    count(&receives);
    return syscall(SYS_readv, fd, pieces, number);
}

int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event) {
    count(&changes);
    return (int)syscall(SYS_epoll_ctl, epoll, operation, fd, event);
}

int epoll_wait(int epoll, struct epoll_event *events, int most, int patience) {
    if (!is_loop) {
        is_loop = true;
        atomic_fetch_add(&awake, 1);
    }
    count(&waits);
    if (patience != 0) atomic_fetch_sub(&awake, 1);
    // The size is that of the kernel's set of signals.
    int found = (int)syscall(SYS_epoll_pwait, epoll, events, most, patience, NULL, _NSIG / 8);
    if (patience != 0) atomic_fetch_add(&awake, 1);
    return found;
}
