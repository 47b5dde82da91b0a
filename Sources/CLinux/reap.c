#include "CLinux.h"
#include <string.h>

int hf_reap(idtype_t kind, id_t id, int peek, struct hf_ended *ended) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    // The bare call, since glibc's waitid hides what the child used.
    int options = WEXITED | WNOHANG | (peek ? WNOWAIT : 0);
    if (syscall(SYS_waitid, kind, id, &info, options, &ended->usage) < 0) return -1;
    ended->pid = info.si_pid;
    ended->code = info.si_code;
    ended->status = info.si_status;
    return info.si_pid != 0;
}

static int child_exit_bell = -1;

static void ring(int number) {
    (void)number;
    int error = errno;
    uint64_t one = 1;
    ssize_t written = write(child_exit_bell, &one, sizeof one);
    (void)written;
    errno = error;
}

int hf_ring_on_child_exit(int bell) {
    child_exit_bell = bell;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = ring;
    action.sa_flags = SA_RESTART | SA_NOCLDSTOP;
    if (sigaction(SIGCHLD, &action, NULL) < 0) return -1;
    // The calling thread always takes the signal, whatever the others have blocked.
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    return pthread_sigmask(SIG_UNBLOCK, &child, NULL);
}
