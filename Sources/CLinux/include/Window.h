// Memory that two programs share, and packets that carry descriptors between them.
#ifndef HOLDFAST_WINDOW_H
#define HOLDFAST_WINDOW_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// A file in memory of a size that nobody can change any more; -1 errno.
int hf_make_window(size_t size);

/// Maps it for both sides; NULL errno.
void *_Nullable hf_map_window(int window, size_t size);

/// Words in the shared memory, which the other program reads and writes meanwhile.
static inline uint64_t hf_read_word(const void *_Nonnull word) {
    return __atomic_load_n((const uint64_t *)word, __ATOMIC_SEQ_CST);
}
static inline void hf_write_word(void *_Nonnull word, uint64_t value) {
    __atomic_store_n((uint64_t *)word, value, __ATOMIC_SEQ_CST);
}
static inline uint64_t hf_swap_word(void *_Nonnull word, uint64_t value) {
    return __atomic_exchange_n((uint64_t *)word, value, __ATOMIC_SEQ_CST);
}

/// Sends one packet, with up to 4 descriptors, without waiting.
ssize_t hf_send_packet(
    int socket, const void *_Nonnull bytes, size_t size, const int *_Nullable descriptors, size_t count);

/// Takes one packet, without waiting; what does not fit is cut. At most 4 descriptors come with it, which no child
/// inherits: `*count` says how many. Where some of them do not come, none does, and that is EMFILE.
ssize_t hf_take_packet(
    int socket, void *_Nonnull bytes, size_t size, int *_Nonnull descriptors, size_t *_Nonnull count);

/// Two connected ends of a socket that keeps packets apart.
int hf_packet_pair(int *_Nonnull ends);

/// Listens for such connections at `name` in a folder, for this user alone; -1 errno. However long the folder's path is.
int hf_packet_listen(const char *_Nonnull folder, const char *_Nonnull name);
int hf_packet_connect(const char *_Nonnull folder, const char *_Nonnull name);

/// The user at the other end; -1 where that is not known.
int64_t hf_peer_user(int socket);

/// The process at the other end, which is the one that listens where the connection was made by us; -1 where that is not known.
pid_t hf_peer_process(int socket);

/// The group in the foreground of the terminal of which this is the outer side; -1 errno.
pid_t hf_foreground_group(int outer);

#endif
