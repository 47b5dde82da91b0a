// The raw mode of the terminal that a person sits at, which is left again whatever ends the program.
#ifndef HOLDFAST_RAW_MODE_H
#define HOLDFAST_RAW_MODE_H

/// Hands every key on as it is (cfmakeraw), until `hf_leave_raw`. One terminal at a time, which stays open until then.
/// 0: done; 1: not now, since the program runs in the background; -1: errno says why not.
/// A trap or an abort of the program, and `exit`, leave it too. SIGKILL and `_exit` do not.
int hf_enter_raw(int terminal);

/// Gives the terminal back as it was found. May be called at any time, from a signal's handler too.
void hf_leave_raw(void);

/// How many columns and rows it has; -1 where it is no terminal.
int hf_terminal_size(int terminal, unsigned short *_Nonnull columns, unsigned short *_Nonnull rows);

#endif
