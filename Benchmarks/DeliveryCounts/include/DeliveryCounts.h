// What event loops ask of the allocator and of the kernel, counted exactly, by standing in for the C library's
// functions in the program that links this.
#ifndef HOLDFAST_DELIVERY_COUNTS_H
#define HOLDFAST_DELIVERY_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

/// Calls made so far on the threads that are event loops, which a thread is from its first `epoll_wait` on.
typedef struct {
    int64_t allocations;
    int64_t sends;
    int64_t receives;
    int64_t waits;
    int64_t changes;
} hf_counts;

hf_counts hf_counts_now(void);

/// Whether every loop sleeps until something happens, so that the counts stand still.
bool hf_loops_rest(void);

#endif
