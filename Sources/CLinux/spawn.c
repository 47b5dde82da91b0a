#include "CLinux.h"
#include <sched.h>

// The child shares the parent's memory until it has become the program (CLONE_VM | CLONE_VFORK), so it
// costs no copy of the page tables however large the server is, and reports what failed by writing it down.
// It runs on a stack of its own, with every signal blocked, and makes system calls only.

struct newborn {
    struct hf_birth *birth;
    pid_t parent;
};

__attribute__((noreturn)) static void fail(struct hf_birth *birth, const char *step) {
    birth->error = errno;
    birth->failed_step = step;
    _exit(127);
}

static void forget_signal_handlers(void) {
    // All zero is the default action. The bare call, since glibc hides the two signals that it uses itself.
    static const unsigned long zero[8];
    for (int number = 1; number <= 64; number++) syscall(SYS_rt_sigaction, number, zero, NULL, 8);
}

static void connect_streams(struct hf_birth *birth) {
    int sources[3];
    // First out of the way of 0, 1 and 2, so that no stream overwrites one that is yet to be placed.
    for (int i = 0; i < 3; i++) {
        int source = birth->terminal >= 0 ? birth->terminal : birth->streams[i];
        if (source < 0) {
            source = open("/dev/null", O_RDWR | O_CLOEXEC);
            if (source < 0) fail(birth, "open /dev/null");
        }
        sources[i] = fcntl(source, F_DUPFD_CLOEXEC, 3);
        if (sources[i] < 0) fail(birth, "dup");
    }
    for (int i = 0; i < 3; i++)
        if (dup2(sources[i], i) < 0) fail(birth, "dup2");
}

// glibc's setuid would tell every thread of the parent, whose memory this is; the bare call concerns the
// child alone.
static void change_user(struct hf_birth *birth) {
    if (birth->terminal >= 0 && fchown(0, birth->user, (gid_t)-1) < 0) fail(birth, "chown of the terminal");
    if (syscall(SYS_setgroups, birth->group_count, birth->groups) < 0) fail(birth, "setgroups");
    if (syscall(SYS_setresgid, birth->group, birth->group, birth->group) < 0) fail(birth, "setgid");
    if (syscall(SYS_setresuid, birth->user, birth->user, birth->user) < 0) fail(birth, "setuid");
}

static void become_program(struct hf_birth *birth) {
    int denied = 0;
    errno = ENOENT;
    for (const char *const *path = birth->candidates; *path; path++) {
        execve(*path, birth->arguments, birth->environment);
        if (errno == EACCES) denied = 1;
        else if (errno != ENOENT && errno != ENOTDIR) break;
    }
    // As execvp: a program that is there and may not be run says more than one that is not found.
    if (denied && (errno == ENOENT || errno == ENOTDIR)) errno = EACCES;
}

static int live(void *argument) {
    struct newborn *newborn = argument;
    struct hf_birth *birth = newborn->birth;

    __atomic_store_n(birth->cradle, getpid(), __ATOMIC_RELEASE);
    forget_signal_handlers();
    if (setsid() < 0) fail(birth, "setsid");
    if (birth->terminal >= 0 && ioctl(birth->terminal, TIOCSCTTY, 0) < 0) fail(birth, "controlling terminal");
    connect_streams(birth);
    if (birth->cgroup >= 0 && write(birth->cgroup, "0", 1) < 0) fail(birth, "cgroup");
    if (syscall(SYS_close_range, 3, UINT_MAX, 0) < 0) fail(birth, "close_range");
    if (birth->file_mask >= 0) umask((mode_t)birth->file_mask);
    for (size_t i = 0; i < birth->limit_count; i++) {
        struct rlimit limit = {birth->limits[i].soft, birth->limits[i].hard};
        if (setrlimit(birth->limits[i].resource, &limit) < 0) fail(birth, "setrlimit");
    }
    if (birth->changes_user) change_user(birth);
    if (birth->no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) fail(birth, "no_new_privs");
    if (birth->directory && chdir(birth->directory) < 0) fail(birth, "chdir");

    // After the change of user, which clears it; then the parent is looked for, since it may have died before.
    if (!birth->outlives) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) fail(birth, "parent-death signal");
        if (getppid() != newborn->parent) _exit(127);
    }

    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    become_program(birth);
    fail(birth, "exec");
}

// Read once: what several threads find there while their children change users is not what it is to be.
static int dumpable;
static pthread_once_t dumpable_read = PTHREAD_ONCE_INIT;
static void read_dumpable(void) { dumpable = prctl(PR_GET_DUMPABLE); }

int hf_spawn(struct hf_birth *birth, int *pidfd) {
    _Alignas(16) char stack[64 * 1024];
    struct newborn newborn = {birth, getpid()};
    int cancelling;
    sigset_t all, before;

    pthread_once(&dumpable_read, read_dumpable);
    birth->failed_step = NULL;
    birth->error = 0;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancelling);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
    int pid = clone(live, stack + sizeof stack, flags, &newborn, pidfd);
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_setcancelstate(cancelling, NULL);

    if (pid < 0) {
        birth->failed_step = "clone";
        birth->error = error;
        return -1;
    }
    // A change of user marks the shared memory as not to be looked into, which the server's own must not stay.
    if (birth->changes_user) prctl(PR_SET_DUMPABLE, dumpable);
    if (!birth->failed_step) return pid;

    siginfo_t info;
    while (waitid(P_PIDFD, (id_t)*pidfd, &info, WEXITED) < 0 && errno == EINTR) {}
    close(*pidfd);
    return -1;
}
