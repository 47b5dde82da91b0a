#ifndef HOLDFAST_MASK_H
#define HOLDFAST_MASK_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// WebSocket masking (RFC 6455, 5.3), sixteen bytes at a time. Inline, so that the loop lands in the Swift
// function that calls it. `key` is the four bytes as they lie in memory, turned so that its first byte in
// memory belongs to `source[0]`. Works in place when `target == source`; otherwise they must not overlap.

typedef uint8_t hf_bytes16 __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint64_t hf_words16 __attribute__((vector_size(16)));

/// Writes `source` masked with `key` to `target`. Nonzero when a byte written is not ASCII.
static inline uint64_t hf_mask(void *target, const void *source, size_t count, uint32_t key) {
    uint8_t *to = (uint8_t *)target;
    const uint8_t *from = (const uint8_t *)source;
    const uint64_t key8 = (uint64_t)key << 32 | key;
    const hf_words16 keys = {key8, key8};
    hf_words16 seen = {0, 0};
    size_t at = 0;
    for (; at + 16 <= count; at += 16) {
        hf_words16 block = (hf_words16)(*(const hf_bytes16 *)(from + at)) ^ keys;
        seen |= block;
        *(hf_bytes16 *)(to + at) = (hf_bytes16)block;
    }
    uint64_t all = seen[0] | seen[1];
    if (at + 8 <= count) {
        uint64_t word;
        memcpy(&word, from + at, 8);
        word ^= key8;
        memcpy(to + at, &word, 8);
        all |= word;
        at += 8;
    }
    for (; at < count; at++) {
        uint8_t byte = from[at] ^ (uint8_t)(key >> (at % 4 * 8));
        to[at] = byte;
        all |= byte;
    }
    return all & 0x8080808080808080u;
}

/// Nonzero when a byte of `source` is not ASCII.
static inline uint64_t hf_not_ascii(const void *source, size_t count) {
    const uint8_t *from = (const uint8_t *)source;
    hf_words16 seen = {0, 0};
    size_t at = 0;
    for (; at + 16 <= count; at += 16) seen |= (hf_words16)(*(const hf_bytes16 *)(from + at));
    uint64_t all = seen[0] | seen[1];
    for (; at < count; at++) all |= from[at];
    return all & 0x8080808080808080u;
}

#endif
