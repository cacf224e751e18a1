// SPDX-License-Identifier: GPL-2.0
/*
 * usage: limits DEVICE
 *
 * What this machine can do at most, each as "limit NAME MB/s": the device
 * with direct I/O of 1 MiB and of 4 KiB, each codec and the tag on one CPU
 * over chunks of 128 KiB, a copy of memory. The data is the judge's pattern,
 * so that the codecs see what the cycles see. Overwrites the device from its
 * first MiB on.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <lz4.h>
#include <lzo/lzo1x.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>

#include "../guest/pattern.h"
#include "../guest/port.h"

#define MIB (1UL << 20)
#define CHUNK (128UL << 10)
#define DATA (24 * MIB)
#define DISK (256 * MIB)

static unsigned char *data, *packed, *back;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void tell(const char *name, size_t bytes, double begin)
{
	port_say("limit %s %.0f", name, bytes / 1e6 / (now() - begin));
}

static void disk(const char *path, size_t unit, size_t bytes, const char *name)
{
	char label[32];
	int fd = open(path, O_RDWR | O_DIRECT);
	double begin = now();
	size_t at;

	for (at = 0; at < bytes; at += unit)
		if (pwrite(fd, data + at % DATA, unit, MIB + at) != (ssize_t)unit)
			exit(1);
	snprintf(label, sizeof(label), "%s-write", name);
	tell(label, bytes, begin);
	begin = now();
	for (at = 0; at < bytes; at += unit)
		if (pread(fd, back, unit, MIB + at) != (ssize_t)unit)
			exit(1);
	snprintf(label, sizeof(label), "%s-read", name);
	tell(label, bytes, begin);
	close(fd);
}

/* One codec: packs a chunk, unpacks a chunk; both return the length made. */
struct codec {
	const char *name;
	size_t (*pack)(const void *from, size_t length, void *to, size_t room);
	size_t (*unpack)(const void *from, size_t length, void *to, size_t room);
};

static size_t lz4_pack(const void *from, size_t length, void *to, size_t room)
{
	return LZ4_compress_default(from, to, length, room);
}

static size_t lz4_unpack(const void *from, size_t length, void *to, size_t room)
{
	return LZ4_decompress_safe(from, to, length, room);
}

/* As the core does it while nobody waits for the device. */
static size_t lz4_pack_fast(const void *from, size_t length, void *to, size_t room)
{
	return LZ4_compress_fast(from, to, length, room, 2);
}

static size_t lzo_pack(const void *from, size_t length, void *to, size_t room)
{
	static unsigned char work[LZO1X_1_MEM_COMPRESS];
	lzo_uint made = room;

	lzo1x_1_compress(from, length, to, &made, work);
	return made;
}

static size_t lzo_unpack(const void *from, size_t length, void *to, size_t room)
{
	lzo_uint made = room;

	lzo1x_decompress_safe(from, length, to, &made, NULL);
	return made;
}

static size_t zstd_pack(const void *from, size_t length, void *to, size_t room)
{
	static ZSTD_CCtx *context;

	if (!context)
		context = ZSTD_createCCtx();
	return ZSTD_compressCCtx(context, to, room, from, length, 1);
}

static size_t zstd_unpack(const void *from, size_t length, void *to, size_t room)
{
	static ZSTD_DCtx *context;

	if (!context)
		context = ZSTD_createDCtx();
	return ZSTD_decompressDCtx(context, to, room, from, length);
}

static void codec(const struct codec *codec)
{
	size_t room = 2 * CHUNK, length[DATA / CHUNK], i;
	char label[32];
	double begin = now();
	size_t sum = 0;

	for (i = 0; i < DATA / CHUNK; i++) {
		length[i] = codec->pack(data + i * CHUNK, CHUNK, packed + i * room, room);
		sum += length[i];
	}
	snprintf(label, sizeof(label), "%s-pack", codec->name);
	tell(label, DATA, begin);
	begin = now();
	for (i = 0; i < DATA / CHUNK; i++)
		if (codec->unpack(packed + i * room, length[i], back, room) != CHUNK)
			exit(1);
	snprintf(label, sizeof(label), "%s-unpack", codec->name);
	tell(label, DATA, begin);
	port_say("limit %s-percent %zu", codec->name, sum * 100 / DATA);
}

static void tag(void)
{
	volatile XXH64_hash_t sum = 0;
	double begin = now();
	size_t at;

	for (at = 0; at < DATA; at += CHUNK)
		sum ^= XXH64(data + at, CHUNK, 1);
	tell("xxh64", DATA, begin);
}

static void copy(void)
{
	double begin = now();
	const volatile uint64_t *from = (void *)data;
	volatile uint64_t *to = (void *)packed;
	size_t i;

	/* Plain words, as the kernel's loops: string instructions are not what the emulator is good at. */
	for (i = 0; i < DATA / 8; i += 4) {
		uint64_t a = from[i], b = from[i + 1], c = from[i + 2], d = from[i + 3];

		to[i] = a;
		to[i + 1] = b;
		to[i + 2] = c;
		to[i + 3] = d;
	}
	tell("memory-copy", DATA, begin);
}

int main(int argc, char **argv)
{
	static const struct codec codecs[] = {
		{ "lz4", lz4_pack, lz4_unpack },
		{ "lz4-fast", lz4_pack_fast, lz4_unpack },
		{ "lzo", lzo_pack, lzo_unpack },
		{ "zstd", zstd_pack, zstd_unpack },
	};
	size_t i;

	if (argc != 2)
		return 2;
	data = mmap(NULL, DATA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	packed = mmap(NULL, 2 * DATA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	back = mmap(NULL, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	for (i = 0; i < DATA / PATTERN_PAGE; i++)
		pattern_fill(data + i * PATTERN_PAGE, 1, i);
	disk(argv[1], MIB, DISK, "device-1MiB");
	disk(argv[1], 4096, 16 * MIB, "device-4KiB");
	for (i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++)
		codec(&codecs[i]);
	tag();
	copy();
	return 0;
}
