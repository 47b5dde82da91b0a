#include "Window.h"
#include "CLinux.h"
#include <string.h>
#include <sys/mman.h>

int hf_make_window(size_t size) {
    int window = memfd_create("holdfast-terminal", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (window < 0) return -1;
    if (ftruncate(window, (off_t)size) == 0
        && fcntl(window, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
        return window;
    int error = errno;
    close(window);
    errno = error;
    return -1;
}

void *hf_map_window(int window, size_t size) {
    struct stat status;
    if (fstat(window, &status) < 0) return NULL;
    if ((size_t)status.st_size != size) {
        errno = EINVAL;
        return NULL;
    }
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, window, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

enum { most_descriptors = 4 };

ssize_t hf_send_packet(int socket, const void *bytes, size_t size, const int *descriptors, size_t count) {
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(most_descriptors * sizeof(int))];
    struct iovec part = {(void *)bytes, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > 0) {
        memset(control, 0, sizeof control);
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(header), descriptors, count * sizeof(int));
    }
    return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

ssize_t hf_take_packet(int socket, void *bytes, size_t size, int *descriptors, size_t *count) {
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(most_descriptors * sizeof(int))];
    struct iovec part = {bytes, size};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    *count = 0;
    ssize_t taken = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (taken < 0) return taken;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t found = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < found && *count < most_descriptors; i++)
            memcpy(&descriptors[(*count)++], CMSG_DATA(header) + i * sizeof(int), sizeof(int));
    }
    // The kernel drops what there is no number for, and says so nowhere else.
    if (message.msg_flags & MSG_CTRUNC) {
        while (*count > 0) close(descriptors[--*count]);
        errno = EMFILE;
        return -1;
    }
    return taken;
}

int hf_packet_pair(int *ends) { return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends); }

// By way of the open folder, since the address of a socket holds no long path.
static int packet_socket(const char *folder, const char *name, int listens) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int place = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (place < 0) return -1;
    int made = -1;
    int size = snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", place, name);
    if (size < 0 || (size_t)size >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        goto done;
    }
    made = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (made < 0) goto done;
    int failed;
    if (listens) {
        unlinkat(place, name, 0);
        failed = bind(made, (struct sockaddr *)&address, sizeof address) < 0
            || fchmodat(place, name, 0600, 0) < 0 || listen(made, 4) < 0;
    } else {
        failed = connect(made, (struct sockaddr *)&address, sizeof address) < 0;
    }
    if (failed) {
        int error = errno;
        close(made);
        errno = error;
        made = -1;
    }
done:;
    int error = errno;
    close(place);
    errno = error;
    return made;
}

int hf_packet_listen(const char *folder, const char *name) { return packet_socket(folder, name, 1); }
int hf_packet_connect(const char *folder, const char *name) { return packet_socket(folder, name, 0); }

int64_t hf_peer_user(int socket) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 ? -1 : (int64_t)peer.uid;
}

pid_t hf_peer_process(int socket) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 ? -1 : peer.pid;
}

pid_t hf_foreground_group(int outer) {
    pid_t group;
    return ioctl(outer, TIOCGPGRP, &group) < 0 ? -1 : group;
}
