#include "utf8.h"

#include <stdint.h>

#if defined(__x86_64__)
#include <immintrin.h>

// Three look-ups by half bytes, whose common bits are the faults of each pair of bytes: J. Keiser, D. Lemire,
// "Validating UTF-8 in less than one instruction per byte", 2021.
enum {
    too_short = 1 << 0,
    too_long = 1 << 1,
    overlong_3 = 1 << 2,
    too_large = 1 << 3,
    surrogate = 1 << 4,
    overlong_2 = 1 << 5,
    too_large_1000 = 1 << 6,
    overlong_4 = 1 << 6,
    two_continuations = 1 << 7,
    carry = too_short | too_long | two_continuations,
    large = carry | too_large | too_large_1000,
    continuation = too_long | overlong_2 | two_continuations,
};

static const uint8_t first_high[16] = {
    too_long, too_long, too_long, too_long, too_long, too_long, too_long, too_long,
    two_continuations, two_continuations, two_continuations, two_continuations,
    too_short | overlong_2, too_short, too_short | overlong_3 | surrogate,
    too_short | too_large | too_large_1000 | overlong_4,
};
static const uint8_t first_low[16] = {
    carry | overlong_2 | overlong_3 | overlong_4, carry | overlong_2, carry, carry, carry | too_large,
    large, large, large, large, large, large, large, large, large | surrogate, large, large,
};
static const uint8_t second_high[16] = {
    too_short, too_short, too_short, too_short, too_short, too_short, too_short, too_short,
    continuation | overlong_3 | too_large_1000 | overlong_4, continuation | overlong_3 | too_large,
    continuation | surrogate | too_large, continuation | surrogate | too_large,
    too_short, too_short, too_short, too_short,
};

__attribute__((target("ssse3"))) static inline __m128i half(__m128i table, __m128i index) {
    return _mm_shuffle_epi8(table, _mm_and_si128(index, _mm_set1_epi8(0x0F)));
}

__attribute__((target("ssse3"))) static size_t prefix(const uint8_t *source, size_t count) {
    const __m128i table1 = _mm_loadu_si128((const __m128i *)first_high);
    const __m128i table2 = _mm_loadu_si128((const __m128i *)first_low);
    const __m128i table3 = _mm_loadu_si128((const __m128i *)second_high);
    __m128i before = _mm_setzero_si128();
    size_t at = 0;
    for (; at + 16 <= count; at += 16) {
        const __m128i now = _mm_loadu_si128((const __m128i *)(source + at));
        if (_mm_movemask_epi8(_mm_or_si128(now, before)) != 0) {
            const __m128i back1 = _mm_alignr_epi8(now, before, 15);
            const __m128i faults = _mm_and_si128(
                _mm_and_si128(half(table1, _mm_srli_epi16(back1, 4)), half(table2, back1)),
                half(table3, _mm_srli_epi16(now, 4)));
            // The third byte of three and the third and fourth of four must follow a continuation, which the
            // look-ups took for a fault.
            const __m128i third = _mm_subs_epu8(_mm_alignr_epi8(now, before, 14), _mm_set1_epi8(0xE0 - 0x80));
            const __m128i fourth = _mm_subs_epu8(_mm_alignr_epi8(now, before, 13), _mm_set1_epi8(0xF0 - 0x80));
            const __m128i due = _mm_and_si128(_mm_or_si128(third, fourth), _mm_set1_epi8((char)0x80));
            const __m128i wrong = _mm_xor_si128(due, faults);
            if (_mm_movemask_epi8(_mm_cmpeq_epi8(wrong, _mm_setzero_si128())) != 0xFFFF) break;
        }
        before = now;
    }
    // A character that goes on behind `at` is left to the caller from its first byte.
    for (size_t back = 1; back <= 3 && back <= at; back++) {
        const uint8_t byte = source[at - back];
        if (byte < 0x80) break;
        if (byte >= 0xC0) return byte >= (back == 1 ? 0xC0 : back == 2 ? 0xE0 : 0xF0) ? at - back : at;
    }
    return at;
}

size_t hf_utf8_prefix(const void *source, size_t count) {
    return __builtin_cpu_supports("ssse3") ? prefix(source, count) : 0;
}

#else

size_t hf_utf8_prefix(const void *source, size_t count) {
    (void)source;
    (void)count;
    return 0;
}

#endif
