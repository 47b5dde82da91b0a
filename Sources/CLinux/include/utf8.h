#ifndef HOLDFAST_UTF8_H
#define HOLDFAST_UTF8_H

#include <stddef.h>

/// How many bytes at the start of `source`, which begins with a character, are surely whole characters of valid
/// UTF-8. It looks at sixteen bytes at a time and stops early: before a fault, before the last fifteen bytes,
/// and at once on a processor without the instructions for it. Whoever asks looks at the rest byte by byte.
size_t hf_utf8_prefix(const void *source, size_t count);

#endif
