// The child's side of spawn, and the few calls about processes that Swift cannot spell.
#ifndef HOLDFAST_BIRTH_H
#define HOLDFAST_BIRTH_H

#include <limits.h>
#include <sys/resource.h>
#include <sys/types.h>

struct hf_limit {
    int resource;
    rlim_t soft;
    rlim_t hard;
};

/// All that a child needs between clone and exec, made before the clone: the child allocates nothing.
struct hf_birth {
    /// The paths to try in turn, the last followed by NULL.
    const char *_Nullable const *_Nonnull candidates;
    char *_Nullable const *_Nonnull arguments;
    char *_Nullable const *_Nonnull environment;
    /// NULL: where the server is.
    const char *_Nullable directory;
    /// What becomes 0, 1 and 2; -1 for /dev/null.
    int streams[3];
    /// The terminal's inner side, which then is also all three streams; -1 for none.
    int terminal;
    /// An open cgroup.procs that the child joins; -1 for none.
    int cgroup;
    const struct hf_limit *_Nullable limits;
    size_t limit_count;
    /// -1: keep.
    int file_mask;
    int changes_user;
    uid_t user;
    gid_t group;
    const gid_t *_Nullable groups;
    size_t group_count;
    int no_new_privileges;
    /// Goes on when the parent ends.
    int outlives;

    /// Where the child writes its pid down before it does anything that could end it. The asker sets it to 0 again.
    pid_t *_Nonnull cradle;

    /// The step that failed and its errno, for the parent to read.
    const char *_Nullable failed_step;
    int error;
};

/// Makes the child and returns its pid once it has become the program, with a descriptor that stands for
/// it in *pidfd; or -1 with failed_step and error set and nothing left behind.
///
/// The child dies with the calling *thread*, so that thread must live as long as the process does. It waits for as
/// long as `chdir` and `exec` take, which a file system that hangs may make for ever.
int hf_spawn(struct hf_birth *_Nonnull birth, int *_Nonnull pidfd);

/// The pid in a cradle, as any thread may ask; 0 when there is nobody.
static inline pid_t hf_in_cradle(const pid_t *_Nonnull cradle) { return __atomic_load_n(cradle, __ATOMIC_ACQUIRE); }
static inline void hf_clear_cradle(pid_t *_Nonnull cradle) { __atomic_store_n(cradle, 0, __ATOMIC_RELEASE); }

/// A process that has ended.
struct hf_ended {
    pid_t pid;
    /// CLD_EXITED, CLD_KILLED or CLD_DUMPED.
    int code;
    /// The exit status or the signal.
    int status;
    struct rusage usage;
};

/// Looks for an ended child without waiting: 1 reaped (or, with peek, seen), 0 none yet, -1 errno.
int hf_reap(idtype_t kind, id_t id, int peek, struct hf_ended *_Nonnull ended);

/// Whoever below this process loses its parent becomes its child.
static inline int hf_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1); }

/// From now on the end of any child adds 1 to the eventfd `bell`. To be called by a thread that lives on.
int hf_ring_on_child_exit(int bell);

/// Opens a new terminal of the given size: the outer side is returned, non-blocking; -1 errno.
int hf_open_terminal(unsigned short columns, unsigned short rows, int *_Nonnull inner);
int hf_resize_terminal(int outer, unsigned short columns, unsigned short rows);
/// How wide it is; 0 where that is not known.
int hf_terminal_columns(int terminal);

static inline int hf_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
static inline int hf_pidfd_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

#endif
