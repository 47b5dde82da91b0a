#include "CLinux.h"
#include <stdlib.h>
#include <termios.h>

static const int deadly[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT, SIGSYS};
enum { deadly_count = sizeof deadly / sizeof deadly[0] };

static struct sigaction before_deadly[deadly_count];
static struct termios found;
static int raw_terminal = -1;
// Written last when it is entered and first when it is left, so that a handler between finds what it needs.
static volatile sig_atomic_t is_raw;

// From the background, setting the mode would stop the program, and the mode is by now somebody else's.
static int is_in_background(int terminal) {
    pid_t owner = tcgetpgrp(terminal);
    return owner > 0 && owner != getpgrp();
}

void hf_leave_raw(void) {
    if (!is_raw) return;
    is_raw = 0;
    int error = errno;
    if (!is_in_background(raw_terminal)) tcsetattr(raw_terminal, TCSANOW, &found);
    errno = error;
}

// Raised again for whoever had the signal before; it is blocked until this returns.
static void died(int number) {
    hf_leave_raw();
    for (int index = 0; index < deadly_count; index++) {
        if (deadly[index] == number) sigaction(number, &before_deadly[index], 0);
    }
    raise(number);
}

static void prepare(void) {
    static int is_prepared;
    if (is_prepared) return;
    is_prepared = 1;
    struct sigaction action = {.sa_handler = died, .sa_flags = SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (int index = 0; index < deadly_count; index++) {
        sigaction(deadly[index], &action, &before_deadly[index]);
    }
    atexit(hf_leave_raw);
}

int hf_enter_raw(int terminal) {
    if (is_raw) return 0;
    if (is_in_background(terminal)) return 1;
    struct termios mode;
    if (tcgetattr(terminal, &mode) < 0) return -1;
    prepare();
    found = mode;
    raw_terminal = terminal;
    is_raw = 1;
    cfmakeraw(&mode);
    if (tcsetattr(terminal, TCSANOW, &mode) == 0) return 0;
    is_raw = 0;
    return -1;
}

int hf_terminal_size(int terminal, unsigned short *columns, unsigned short *rows) {
    struct winsize size;
    if (ioctl(terminal, TIOCGWINSZ, &size) < 0) return -1;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return 0;
}
