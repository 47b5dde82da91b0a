#include "CLinux.h"
#include <stdlib.h>
#include <termios.h>

int hf_resize_terminal(int outer, unsigned short columns, unsigned short rows) {
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    return ioctl(outer, TIOCSWINSZ, &size);
}

int hf_terminal_columns(int terminal) {
    struct winsize size;
    return ioctl(terminal, TIOCGWINSZ, &size) < 0 ? 0 : size.ws_col;
}

int hf_open_terminal(unsigned short columns, unsigned short rows, int *inner) {
    int outer = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (outer < 0) return -1;
    *inner = -1;
    if (unlockpt(outer) < 0 || hf_resize_terminal(outer, columns, rows) < 0) goto failed;
    // By the outer side, not by name, so that it works whatever is mounted on /dev/pts.
    *inner = ioctl(outer, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*inner < 0) goto failed;
    struct termios mode;
    if (tcgetattr(*inner, &mode) < 0) goto failed;
    mode.c_iflag |= IUTF8;
    if (tcsetattr(*inner, TCSANOW, &mode) < 0) goto failed;
    if (fcntl(outer, F_SETFL, O_RDWR | O_NONBLOCK) < 0) goto failed;
    return outer;

failed:;
    int error = errno;
    if (*inner >= 0) close(*inner);
    close(outer);
    errno = error;
    return -1;
}
