// SPDX-License-Identifier: GPL-2.0
/*
 * usage: fsdo freeze|thaw|shutdown FOLDER | fsdo share FILE
 *
 * What programs ask of a file system: bring it to rest, let it go on, give it up
 * as after an error. `share` leaves four tasks behind that write through one
 * open file, so that each waits for the position that another one holds.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define GOING_DOWN		_IOR('X', 125, uint32_t)
#define GOING_DOWN_NO_FLUSH	2
#define SHARERS			4

static int share(const char *path)
{
	static char data[4096];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0)
		return 1;
	for (int i = 0; i < SHARERS; i++) {
		if (fork())
			continue;
		setsid();
		for (;;) {
			if (lseek(fd, 0, SEEK_CUR) > 1 << 20)
				lseek(fd, 0, SEEK_SET);
			if (write(fd, data, sizeof(data)) < 0)
				_exit(1);
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	uint32_t how = GOING_DOWN_NO_FLUSH;
	int fd, ret = -1;

	if (argc != 3)
		return 2;
	if (!strcmp(argv[1], "share"))
		return share(argv[2]);
	fd = open(argv[2], O_RDONLY);
	if (!strcmp(argv[1], "freeze"))
		ret = ioctl(fd, FIFREEZE, 0);
	else if (!strcmp(argv[1], "thaw"))
		ret = ioctl(fd, FITHAW, 0);
	else if (!strcmp(argv[1], "shutdown"))
		ret = ioctl(fd, GOING_DOWN, &how);
	if (ret)
		perror(argv[1]);
	return ret != 0;
}
