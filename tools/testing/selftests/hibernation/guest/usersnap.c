// SPDX-License-Identifier: GPL-2.0
/*
 * A program that hibernates through /dev/snapshot, as Documentation/power/userland-swsusp.rst
 * describes it, and all the things that such a program should not do.
 *
 *	usersnap save area DEVICE INDEX [platform]	to slots of a swap area
 *	usersnap save blocks FILE DEVICE INDEX		to the blocks of a file, by their numbers
 *	usersnap save device DEVICE INDEX		to a device, from its beginning
 *	usersnap load INDEX [BYTE|early]		restores it; with one bit of that byte changed,
 *						or after a try while tasks are running
 *	usersnap ioctls		each ioctl in each state: prints what they return
 *	usersnap end STATE	ends in that state, with everything left as it is
 *	usersnap end DEVICE	ends with a slot of that swap area
 *	usersnap fuzz SEED SECONDS	asks for anything in any order
 *	usersnap s2ram		suspends to memory with an image, as far as pm_test lets it
 *	usersnap secret		has memory copied when there is secret memory
 *	usersnap try		has memory copied, and tells which errno comes of it
 *	usersnap agent FILE	names a swap file to the kernel, as agents in clouds do
 *
 * INDEX is a device that receives where each page went. Everything is said by `tell`.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/suspend_ioctls.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>
#include "port.h"

#define PAGE		4096u
#define PAGES_MAX	(1u << 20)
#define MAGIC		0x31584449u

/* Where an image lies; on disk as it is here. */
struct index {
	uint32_t magic;
	uint32_t nr;
	char device[56];
	uint64_t offset[PAGES_MAX];
};

static struct index place;
static char page[2 * PAGE] __attribute__((aligned(PAGE)));

static void __attribute__((noreturn, format(printf, 1, 2))) fail(const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	port_say("failed usersnap: %s: %s", text, strerror(errno));
	exit(1);
}

static int open_or_fail(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		fail("%s", path);
	return fd;
}

static void ioctl_or_fail(int fd, const char *name, unsigned long request, void *arg)
{
	if (ioctl(fd, request, arg) < 0)
		fail("%s", name);
}

#define IOCTL(fd, request, arg)	ioctl_or_fail(fd, #request, request, (void *)(arg))

/* The whole index, or so much of it as says how long it is. */
static void index_io(const char *path, int write_it)
{
	int fd = open_or_fail(path, write_it ? O_WRONLY : O_RDONLY);
	size_t bytes = sizeof(place), done = 0;

	if (write_it)
		bytes = offsetof(struct index, offset) + place.nr * sizeof(place.offset[0]);
	while (done < bytes) {
		char *at = (char *)&place + done;
		ssize_t n = write_it ? write(fd, at, bytes - done) : read(fd, at, bytes - done);

		if (n < 0)
			fail("index");
		if (!n)
			break;
		done += n;
	}
	if (write_it && fsync(fd))
		fail("index");
	close(fd);
}

/* The kernel's blocks are 4096 bytes here, as are those of the file. */
static void find_blocks(const char *path)
{
	int fd = open_or_fail(path, O_RDONLY);
	struct stat st;

	fstat(fd, &st);
	for (off_t i = 0; i < st.st_size / PAGE && i < PAGES_MAX; i++) {
		int block = i;

		IOCTL(fd, FIBMAP, &block);
		if (!block)
			fail("%s has a hole", path);
		place.offset[i] = (uint64_t)block * PAGE;
		place.nr = i + 1;
	}
	close(fd);
}

static void set_area(int snapshot, const char *device)
{
	struct resume_swap_area area = {};
	struct stat st;

	if (stat(device, &st))
		fail("%s", device);
	area.dev = (minor(st.st_rdev) & 0xff) | major(st.st_rdev) << 8 |
		   (minor(st.st_rdev) & ~0xffu) << 12;
	IOCTL(snapshot, SNAPSHOT_SET_SWAP_AREA, &area);
}

/* Where the next page goes. */
static uint64_t next_offset(int snapshot, const char *how, uint32_t nr)
{
	if (!strcmp(how, "device"))
		place.offset[nr] = (uint64_t)nr * PAGE;
	if (!strcmp(how, "area")) {
		__kernel_loff_t offset;

		IOCTL(snapshot, SNAPSHOT_ALLOC_SWAP_PAGE, &offset);
		place.offset[nr] = offset;
	}
	return place.offset[nr];
}

static void write_image(int snapshot, int device, const char *how)
{
	__kernel_loff_t bytes;
	uint32_t nr = 0;
	ssize_t n;

	IOCTL(snapshot, SNAPSHOT_GET_IMAGE_SIZE, &bytes);
	if (bytes / PAGE > PAGES_MAX || (!strcmp(how, "blocks") && bytes / PAGE > place.nr))
		fail("%lld bytes are too many", (long long)bytes);
	while ((n = read(snapshot, page, PAGE)) == PAGE) {
		if (pwrite(device, page, PAGE, next_offset(snapshot, how, nr)) != PAGE)
			fail("write of page %u", nr);
		nr++;
	}
	if (n || (long long)nr * PAGE != bytes)
		fail("read of page %u of %lld bytes", nr, (long long)bytes);
	if (fsync(device))
		fail("fsync");
	place.nr = nr;
	port_say("usersnap wrote %u pages", nr);
}

static int save(const char *how, const char *file, const char *device, const char *index,
		int platform)
{
	int snapshot = open_or_fail("/dev/snapshot", O_RDONLY), disk, made = -1;

	place.magic = MAGIC;
	snprintf(place.device, sizeof(place.device), "%s", device);
	if (file)
		find_blocks(file);
	if (!strcmp(how, "area"))
		set_area(snapshot, device);
	disk = open_or_fail(device, O_WRONLY);
	if (platform)
		IOCTL(snapshot, SNAPSHOT_PLATFORM_SUPPORT, 1);
	IOCTL(snapshot, SNAPSHOT_FREEZE, 0);
	port_say("hibernating by a program");
	IOCTL(snapshot, SNAPSHOT_CREATE_IMAGE, &made);
	if (made) {
		write_image(snapshot, disk, how);
		index_io(index, 1);
		if (platform)
			IOCTL(snapshot, SNAPSHOT_POWER_OFF, 0);
		reboot(RB_POWER_OFF);
		fail("power off");
	}
	IOCTL(snapshot, SNAPSHOT_UNFREEZE, 0);
	close(disk);
	close(snapshot);
	port_say("hibernated ok");
	return 0;
}

static int load(const char *index, const char *byte)
{
	int snapshot = open("/dev/snapshot", O_WRONLY), disk;
	int early = byte && !strcmp(byte, "early");
	uint64_t hurt = byte && !early ? strtoull(byte, NULL, 0) : ~0ull;

	if (snapshot < 0) {
		port_say("usersnap was refused errno %d", errno);
		return 0;
	}
	index_io(index, 0);
	if (place.magic != MAGIC)
		fail("no image");
	disk = open_or_fail(place.device, O_RDONLY);
	for (uint32_t i = 0; i < place.nr; i++) {
		if (pread(disk, page, PAGE, place.offset[i]) != PAGE)
			fail("read of page %u", i);
		if (hurt / PAGE == i)
			page[hurt % PAGE] ^= 1;
		if (write(snapshot, page, PAGE) != PAGE) {
			port_say("usersnap refused page %u errno %d", i, errno);
			return 0;
		}
	}
	if (write(snapshot, page, PAGE))
		fail("more than all was written");
	if (early && (!ioctl(snapshot, SNAPSHOT_ATOMIC_RESTORE) || errno != EPERM))
		fail("restored with tasks running");
	if (!ioctl(snapshot, SNAPSHOT_FREEZE))
		ioctl(snapshot, SNAPSHOT_ATOMIC_RESTORE);
	port_say("usersnap was refused errno %d", errno);
	IOCTL(snapshot, SNAPSHOT_UNFREEZE, 0);
	return 0;
}

/* A state that an open file can be in. */
struct state {
	const char *name;
	int flags;
	int frozen;
	int image;
	int part;
};

static const struct state states[] = {
	{ "open", O_RDONLY, 0, 0, 0 },
	{ "frozen", O_RDONLY, 1, 0, 0 },
	{ "image", O_RDONLY, 1, 1, 0 },
	{ "reading", O_RDONLY, 1, 1, 3000 },
	{ "upload", O_WRONLY, 0, 0, 0 },
	{ "uploading", O_WRONLY, 0, 0, 1000 },
	{ "upload-frozen", O_WRONLY, 1, 0, 0 },
};

#define NR_STATES	(sizeof(states) / sizeof(states[0]))

static int enter_state(const struct state *s)
{
	int fd = open_or_fail("/dev/snapshot", s->flags), made = -1;

	if (s->frozen)
		IOCTL(fd, SNAPSHOT_FREEZE, 0);
	if (s->image)
		IOCTL(fd, SNAPSHOT_CREATE_IMAGE, &made);
	if (s->image && made != 1)
		fail("no image was made: %d", made);
	if (s->part && s->flags == O_RDONLY && read(fd, page, s->part) != s->part)
		fail("read of %d bytes", s->part);
	if (s->part && s->flags == O_WRONLY && write(fd, page, s->part) != s->part)
		fail("write of %d bytes", s->part);
	return fd;
}

/* Those that would put the machine to sleep, or succeed only with a whole image, are not here. */
static const struct { const char *name; unsigned long request; } requests[] = {
	{ "nr-0", _IO(SNAPSHOT_IOC_MAGIC, 0) },
	{ "nr-3", _IO(SNAPSHOT_IOC_MAGIC, 3) },
	{ "nr-12", _IO(SNAPSHOT_IOC_MAGIC, 12) },
	{ "nr-21", _IO(SNAPSHOT_IOC_MAGIC, 21) },
	{ "other", _IO('4', 1) },
	{ "image-size", SNAPSHOT_GET_IMAGE_SIZE },
	{ "free-size", SNAPSHOT_AVAIL_SWAP_SIZE },
	{ "take-page", SNAPSHOT_ALLOC_SWAP_PAGE },
	{ "free-pages", SNAPSHOT_FREE_SWAP_PAGES },
	{ "power-off", SNAPSHOT_POWER_OFF },
	{ "area-null", SNAPSHOT_SET_SWAP_AREA },
	{ "restore", SNAPSHOT_ATOMIC_RESTORE },
	{ "freeze", SNAPSHOT_FREEZE },
	{ "create", SNAPSHOT_CREATE_IMAGE },
	{ "unfreeze", SNAPSHOT_UNFREEZE },
	{ "free", SNAPSHOT_FREE },
	{ "free-again", SNAPSHOT_FREE },
	{ "unfreeze-again", SNAPSHOT_UNFREEZE },
	{ "image-size-at-last", SNAPSHOT_GET_IMAGE_SIZE },
};

#define NR_REQUESTS	(sizeof(requests) / sizeof(requests[0]))

static void say_opens(void)
{
	int fd = open("/dev/snapshot", O_RDWR);

	port_say("usersnap open-both errno %d", fd < 0 ? errno : 0);
	fd = open_or_fail("/dev/snapshot", O_RDONLY);
	port_say("usersnap open-twice errno %d", open("/dev/snapshot", O_WRONLY) < 0 ? errno : 0);
	port_say("usersnap read-nothing errno %d", read(fd, page, PAGE) < 0 ? errno : 0);
	close(fd);
}

static int ioctls(void)
{
	char line[1024];

	say_opens();
	for (unsigned int i = 0; i < NR_STATES; i++) {
		int fd = enter_state(&states[i]);
		size_t used = 0;

		for (unsigned int j = 0; j < NR_REQUESTS; j++) {
			union { __kernel_loff_t number; struct resume_swap_area area; int made; } arg = {};
			int ret;

			/* One image is enough. */
			if (requests[j].request == SNAPSHOT_CREATE_IMAGE && !states[i].image &&
			    states[i].flags == O_RDONLY)
				continue;
			ret = ioctl(fd, requests[j].request, &arg);
			used += snprintf(line + used, sizeof(line) - used, " %s=%d", requests[j].name,
					 ret < 0 ? errno : 0);
		}
		close(fd);
		port_say("usersnap in %s:%s", states[i].name, line);
	}
	return 0;
}

/* A slot may be written once the area is chosen, and not before. */
static void take_slot(const char *device)
{
	int fd = open_or_fail("/dev/snapshot", O_RDONLY), disk = open_or_fail(device, O_WRONLY);
	__kernel_loff_t offset, room, left;

	if (pwrite(disk, page, PAGE, 0) >= 0 || errno != ETXTBSY)
		fail("active swap was written");
	set_area(fd, device);
	IOCTL(fd, SNAPSHOT_AVAIL_SWAP_SIZE, &room);
	IOCTL(fd, SNAPSHOT_ALLOC_SWAP_PAGE, &offset);
	IOCTL(fd, SNAPSHOT_AVAIL_SWAP_SIZE, &left);
	if (pwrite(disk, page, PAGE, offset) != PAGE || left != room - PAGE)
		fail("slot at %lld, %lld bytes of %lld left", (long long)offset, (long long)left,
		     (long long)room);
}

static int end(const char *name)
{
	if (!strncmp(name, "/dev/", 5)) {
		take_slot(name);
		_exit(0);
	}
	for (unsigned int i = 0; i < NR_STATES; i++) {
		if (strcmp(states[i].name, name))
			continue;
		enter_state(&states[i]);
		_exit(0);
	}
	return 2;
}

/* An ioctl, with an argument that may be anything. Those that put the machine to sleep are not. */
static void fuzz_ioctl(int fd)
{
	static const unsigned long asleep[] = { SNAPSHOT_S2RAM, SNAPSHOT_POWER_OFF };
	union { __kernel_loff_t number; struct resume_swap_area area; } arg;
	unsigned long request = _IO(SNAPSHOT_IOC_MAGIC, rand() % 24);

	if (rand() % 4)
		request = requests[rand() % NR_REQUESTS].request;
	for (unsigned int i = 0; i < sizeof(asleep) / sizeof(asleep[0]); i++)
		if (_IOC_NR(request) == _IOC_NR(asleep[i]))
			return;
	arg.area.offset = rand() % 3;
	arg.area.dev = rand() % 4 ? 0xfe00 : (unsigned int)rand();
	ioctl(fd, request, rand() % 8 ? (void *)&arg : (void *)(long)rand());
}

/* Block 0 of an image, if there was one, else anything. */
static void fuzz_write(int fd, const char *block)
{
	char bytes[PAGE];
	size_t nr = rand() % 3 ? PAGE : rand() % PAGE + 1;

	memcpy(bytes, block, PAGE);
	if (rand() % 2)
		bytes[rand() % PAGE] ^= 1 << rand() % 8;
	if (write(fd, bytes, nr) < 0)
		return;
}

static int fuzz(unsigned int seed, int seconds)
{
	static const int modes[] = { O_RDONLY, O_RDONLY, O_WRONLY, O_RDWR };
	time_t end = time(NULL) + seconds;
	char block[PAGE] = "";
	unsigned int nr = 0;

	srand(seed);
	while (time(NULL) < end) {
		int fd = open("/dev/snapshot", modes[rand() % 4]);

		for (int i = rand() % 24; fd >= 0 && i; i--, nr++) {
			if (rand() % 3)
				fuzz_ioctl(fd);
			else if (read(fd, page, rand() % 3 ? PAGE : rand() % (2 * PAGE)) == PAGE)
				memcpy(block, page, PAGE);
			else
				fuzz_write(fd, block);
		}
		if (fd >= 0)
			close(fd);
	}
	port_say("usersnap asked %u times", nr);
	return 0;
}

static void set(const char *file, const char *text)
{
	int fd = open_or_fail(file, O_WRONLY);

	if (write(fd, text, strlen(text)) < 0)
		fail("%s", file);
	close(fd);
}

/* When the machine wakes, there is no image any more, and tasks can be thawed. */
static int s2ram(void)
{
	int fd = enter_state(&states[2]), refused;
	__kernel_loff_t bytes;

	set("/sys/power/pm_test", "devices");
	IOCTL(fd, SNAPSHOT_S2RAM, 0);
	set("/sys/power/pm_test", "none");
	refused = ioctl(fd, SNAPSHOT_GET_IMAGE_SIZE, &bytes) < 0 ? errno : 0;
	IOCTL(fd, SNAPSHOT_UNFREEZE, 0);
	close(fd);
	fd = enter_state(&states[0]);
	port_say("usersnap slept errno %d, with tasks running errno %d", refused,
		 ioctl(fd, SNAPSHOT_S2RAM) < 0 ? errno : 0);
	close(fd);
	return 0;
}

/* Secret memory that comes when the device is open already. */
static int secret(void)
{
	int down = enter_state(&states[1]), made;

	if (mmap(NULL, PAGE, PROT_READ, MAP_SHARED, syscall(SYS_memfd_secret, 0), 0) == MAP_FAILED)
		fail("secret memory");
	port_say("usersnap secret errno %d",
		 ioctl(down, SNAPSHOT_CREATE_IMAGE, &made) < 0 ? errno : 0);
	return 0;
}

static int try(void)
{
	int fd = open("/dev/snapshot", O_RDONLY), made, ret = fd;

	if (fd >= 0)
		ret = ioctl(fd, SNAPSHOT_FREEZE) ?: ioctl(fd, SNAPSHOT_CREATE_IMAGE, &made);
	port_say("usersnap tried errno %d", ret < 0 ? errno : 0);
	return 0;
}

/* The kernel's own encoding of the device's number is what stat() gives, below 256 minors. */
static int agent(const char *path)
{
	int snapshot = open_or_fail("/dev/snapshot", O_RDONLY), fd = open_or_fail(path, O_RDONLY);
	struct resume_swap_area area = {};
	struct stat st;
	int block = 0;

	IOCTL(fd, FIBMAP, &block);
	if (fstat(fd, &st))
		fail("%s", path);
	area.offset = block;
	area.dev = st.st_dev;
	IOCTL(snapshot, SNAPSHOT_SET_SWAP_AREA, &area);
	close(fd);
	close(snapshot);
	port_say("usersnap named block %d", block);
	return 0;
}

int main(int argc, char **argv)
{
	if (mlockall(MCL_CURRENT))
		return 2;
	if (argc >= 5 && !strcmp(argv[1], "save") && !strcmp(argv[2], "area"))
		return save("area", NULL, argv[3], argv[4], argc == 6);
	if (argc == 6 && !strcmp(argv[1], "save") && !strcmp(argv[2], "blocks"))
		return save("blocks", argv[3], argv[4], argv[5], 0);
	if (argc == 5 && !strcmp(argv[1], "save") && !strcmp(argv[2], "device"))
		return save("device", NULL, argv[3], argv[4], 0);
	if (argc >= 3 && !strcmp(argv[1], "load"))
		return load(argv[2], argv[3]);
	if (argc == 2 && !strcmp(argv[1], "ioctls"))
		return ioctls();
	if (argc == 4 && !strcmp(argv[1], "fuzz"))
		return fuzz(atoi(argv[2]), atoi(argv[3]));
	if (argc == 2 && !strcmp(argv[1], "s2ram"))
		return s2ram();
	if (argc == 2 && !strcmp(argv[1], "secret"))
		return secret();
	if (argc == 2 && !strcmp(argv[1], "try"))
		return try();
	if (argc == 3 && !strcmp(argv[1], "agent"))
		return agent(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "end"))
		return end(argv[2]);
	return 2;
}
