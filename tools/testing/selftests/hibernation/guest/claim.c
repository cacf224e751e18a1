// SPDX-License-Identifier: GPL-2.0
/*
 * usage: claim DEVICE COMMAND...
 *
 * Runs COMMAND while DEVICE is claimed, as by whoever looks at it exclusively.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int status;
	pid_t pid;

	if (argc < 3)
		return 2;
	if (open(argv[1], O_RDWR | O_EXCL | O_CLOEXEC) < 0) {
		perror(argv[1]);
		return 1;
	}
	pid = fork();
	if (!pid) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	return waitpid(pid, &status, 0) == pid ? WEXITSTATUS(status) : 1;
}
