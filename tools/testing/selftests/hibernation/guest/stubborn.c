// SPDX-License-Identifier: GPL-2.0
/*
 * usage: stubborn start | stop
 *
 * A task that does not freeze: it looks up a name in a FUSE file system whose
 * server takes the question and never answers. `stop` kills the server, and
 * with it the wait. The task has a line break in its name.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuse.h"

#define WHERE "/stuck"
#define SERVER "/stubborn.pid"

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

static int start(void)
{
	static char request[FUSE_ROOM];
	FILE *note;
	int fd;

	signal(SIGCHLD, SIG_IGN);
	fd = fuse_mount(WHERE);
	switch (fork()) {
	case -1:
		die("fork");
	case 0:
		break;
	default:
		sleep(1);
		return 0;
	}
	setsid();
	note = fopen(SERVER, "w");
	fprintf(note, "%d\n", getpid());
	fclose(note);
	fuse_shake_hands(fd);
	if (!fork()) {
		struct stat stat_of;

		close(fd);
		prctl(PR_SET_NAME, "stub\nborn");
		_exit(stat(WHERE "/anything", &stat_of) != 0);
	}
	if (read(fd, request, sizeof(request)) < 0)
		die("read");
	for (;;)
		pause();
}

static int stop(void)
{
	FILE *note = fopen(SERVER, "r");
	int pid;

	if (!note || fscanf(note, "%d", &pid) != 1 || kill(pid, SIGKILL))
		die("stop");
	usleep(200000);
	if (umount(WHERE))
		die("umount");
	return 0;
}

int main(int argc, char **argv)
{
	return argc > 1 && !strcmp(argv[1], "stop") ? stop() : start();
}
