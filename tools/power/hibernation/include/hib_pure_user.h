/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel words of hib_pure.h for user space: hibimg, unit tests and fuzz
 * targets. A program that uses pure files defines the four functions at the end.
 */
#ifndef HIB_PURE_USER_H
#define HIB_PURE_USER_H

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

/* Unlike the library, inlined code is seen by the sanitizers. */
#define XXH_INLINE_ALL
#include <xxhash.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef int32_t s32;
typedef unsigned long long u64;
typedef unsigned __int128 u128;
typedef long long s64;
typedef u16 __le16;
typedef u32 __le32;
typedef u64 __le64;

#define U32_MAX			UINT32_MAX
#define U64_MAX			(~0ULL)
/* Of the machine that is looked at; images have no other. */
#define PAGE_SHIFT		12
#define PAGE_SIZE		(1ul << PAGE_SHIFT)
#define BITS_PER_LONG		((unsigned long)(8 * sizeof(long)))
#define BIT_ULL(nr)		(1ULL << (nr))
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))

#ifndef __always_inline
#define __always_inline		inline __attribute__((always_inline))
#endif

#define __aligned(bytes)	__attribute__((aligned(bytes)))

#undef static_assert
#define static_assert(expr)	_Static_assert(expr, #expr)

#define min(a, b) ({				\
	__auto_type min_a = (a);		\
	__auto_type min_b = (b);		\
	min_a < min_b ? min_a : min_b; })
#define max(a, b) ({				\
	__auto_type max_a = (a);		\
	__auto_type max_b = (b);		\
	max_a > max_b ? max_a : max_b; })
#define max3(a, b, c)		max(max(a, b), c)
#define min_t(type, a, b)	min((type)(a), (type)(b))

#define check_mul_overflow(a, b, product)	__builtin_mul_overflow(a, b, product)
#define check_add_overflow(a, b, sum)	__builtin_add_overflow(a, b, sum)

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define cpu_to_le16(x)		((__le16)(x))
#define cpu_to_le32(x)		((__le32)(x))
#define cpu_to_le64(x)		((__le64)(x))
#else
#define cpu_to_le16(x)		__builtin_bswap16(x)
#define cpu_to_le32(x)		__builtin_bswap32(x)
#define cpu_to_le64(x)		__builtin_bswap64(x)
#endif
#define le16_to_cpu(x)		cpu_to_le16(x)
#define le32_to_cpu(x)		cpu_to_le32(x)
#define le64_to_cpu(x)		cpu_to_le64(x)

static inline void put_unaligned_le64(u64 value, void *at)
{
	__le64 word = cpu_to_le64(value);

	memcpy(at, &word, sizeof(word));
}

static inline u64 get_unaligned_le64(const void *at)
{
	__le64 word;

	memcpy(&word, at, sizeof(word));
	return le64_to_cpu(word);
}

static inline u16 get_unaligned_le16(const void *at)
{
	__le16 word;

	memcpy(&word, at, sizeof(word));
	return le16_to_cpu(word);
}

static inline u32 get_unaligned_le32(const void *at)
{
	__le32 word;

	memcpy(&word, at, sizeof(word));
	return le32_to_cpu(word);
}

static inline u32 get_unaligned_be32(const void *at)
{
	return __builtin_bswap32(get_unaligned_le32(at));
}

static inline u64 get_unaligned_be64(const void *at)
{
	return __builtin_bswap64(get_unaligned_le64(at));
}

static inline u64 div64_u64(u64 dividend, u64 divisor)
{
	return dividend / divisor;
}

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

static inline u64 mul_u64_u64_div_u64(u64 a, u64 b, u64 divisor)
{
	return (u128)a * b / divisor;
}

static inline unsigned int hweight32(u32 word)
{
	return __builtin_popcount(word);
}

static inline unsigned long hweight_long(unsigned long word)
{
	return __builtin_popcountl(word);
}

static inline ssize_t strscpy(char *to, const char *from, size_t bytes)
{
	size_t length = strnlen(from, bytes - 1);

	memcpy(to, from, length);
	to[length] = 0;
	return from[length] ? -E2BIG : (ssize_t)length;
}

/* First byte that is not @value, or NULL. */
static inline const void *memchr_inv(const void *at, int value, size_t bytes)
{
	const u8 *byte = at;

	for (; bytes; byte++, bytes--) {
		if (*byte != (u8)value)
			return byte;
	}
	return NULL;
}

/* First bit from @bit on that is set in @words ^ @invert; @nr_bits when none. */
static inline unsigned long find_bit_from(const unsigned long *words, unsigned long nr_bits,
					  unsigned long bit, unsigned long invert)
{
	while (bit < nr_bits) {
		unsigned long word = (words[bit / BITS_PER_LONG] ^ invert) >> bit % BITS_PER_LONG;

		if (word)
			return min(nr_bits, bit + __builtin_ctzl(word));
		bit += BITS_PER_LONG - bit % BITS_PER_LONG;
	}
	return nr_bits;
}

static inline unsigned long find_next_bit(const unsigned long *words, unsigned long nr_bits,
					  unsigned long bit)
{
	return find_bit_from(words, nr_bits, bit, 0);
}

static inline unsigned long find_next_zero_bit(const unsigned long *words,
					       unsigned long nr_bits, unsigned long bit)
{
	return find_bit_from(words, nr_bits, bit, ~0ul);
}

static inline u64 xxh64(const void *data, size_t bytes, u64 seed)
{
	return XXH64(data, bytes, seed);
}

struct xxh64_state {
	XXH64_state_t state;
};

static inline void xxh64_reset(struct xxh64_state *s, u64 seed)
{
	XXH64_reset(&s->state, seed);
}

static inline int xxh64_update(struct xxh64_state *s, const void *data, size_t bytes)
{
	return XXH64_update(&s->state, data, bytes) == XXH_OK ? 0 : -EINVAL;
}

static inline u64 xxh64_digest(const struct xxh64_state *s)
{
	return XXH64_digest(&s->state);
}

void *hib_pure_page_alloc(void);
void hib_pure_page_free(void *page);
void *hib_pure_realloc(void *old, size_t old_bytes, size_t bytes);
void hib_pure_free(void *p);

#endif
