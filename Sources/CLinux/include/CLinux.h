// What Swift cannot spell: variadic calls, macros, and the child's side of spawn.
#ifndef HOLDFAST_CLINUX_H
#define HOLDFAST_CLINUX_H

// What Swift's own module of the C library declares stays its, so that a type has one owner whichever of the
// two modules the compiler meets first.
#if __building_module(CLinux)
#pragma clang module import SwiftGlibc
#endif

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "Birth.h"
#include "Window.h"
#include "RawMode.h"

/// Names the calling thread in ps and in stack traces; the kernel keeps 15 bytes.
static inline void hf_name_thread(const char *_Nonnull name) { prctl(PR_SET_NAME, name); }

/// From now on the calling thread, when it wakes, lets who runs go on with their turn; or, with 0, it does not. It takes
/// none of the right to run.
void hf_interrupt_nobody(int polite);

/// Begins to fetch the cache line at `place`. No access: any address will do.
static inline void hf_prefetch(const void *_Nonnull place) { __builtin_prefetch(place); }

/// Makes standard output appear line by line, also in a pipe.
static inline void hf_print_by_line(void) { setvbuf(stdout, 0, _IOLBF, 0); }

/// Where `mark` first occurs in `bytes`; -1 when it does not.
ssize_t hf_find_bytes(const void *_Nonnull bytes, size_t count, const void *_Nonnull mark, size_t length);

/// A pipe that no child inherits by accident.
int hf_pipe(int *_Nonnull ends);

/// Opens `path` below `folder` and nowhere else: no symbolic link on the way is followed, no `..` leads out.
int hf_open_beneath(int folder, const char *_Nonnull path, int flags, mode_t mode);

/// Gives a pipe room for so many bytes; nonzero where it keeps the room that it has.
int hf_resize_pipe(int pipe, int bytes);

/// Takes a connection that never blocks and that no child inherits.
int hf_accept(int listening, struct sockaddr *_Nonnull address, socklen_t *_Nonnull length);

/// Takes or gives back a lock that belongs to the open file and not to the process; does not wait.
int hf_lock(int file, struct flock *_Nonnull range);
/// Who would stand in the way of such a lock, without taking it; F_UNLCK when nobody would.
int hf_look_at_lock(int file, struct flock *_Nonnull range);

#endif
