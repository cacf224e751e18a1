// SPDX-License-Identifier: GPL-2.0
/* usage: blockof FILE: prints the device block of the file's first block. */
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/ioctl.h>

int main(int argc, char **argv)
{
	int block = 0, fd = argc > 1 ? open(argv[1], O_RDONLY) : -1;

	if (fd < 0 || ioctl(fd, FIBMAP, &block) || !block) {
		perror("blockof");
		return 1;
	}
	printf("%d\n", block);
	return 0;
}
