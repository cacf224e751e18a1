// SPDX-License-Identifier: GPL-2.0
/*
 * usage: stubborn start | stop
 *
 * A task that does not freeze: it looks up a name in a FUSE file system whose
 * server takes the question and never answers. `stop` kills the server, and
 * with it the wait.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define WHERE "/stuck"
#define SERVER "/stubborn.pid"

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

static int mount_fuse(void)
{
	char options[64];
	int fd = open("/dev/fuse", O_RDWR);

	mkdir(WHERE, 0755);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	if (fd < 0 || mount("stubborn", WHERE, "fuse", 0, options))
		die("mount");
	return fd;
}

/* The first request is the handshake; the others stay without an answer. */
static void shake_hands(int fd)
{
	static char request[FUSE_MIN_READ_BUFFER + 4096];
	struct {
		struct fuse_out_header header;
		struct fuse_init_out init;
	} reply = { 0 };
	struct fuse_in_header *in = (void *)request;

	if (read(fd, request, sizeof(request)) < (ssize_t)sizeof(*in))
		die("read");
	reply.header.len = sizeof(reply);
	reply.header.unique = in->unique;
	reply.init.major = FUSE_KERNEL_VERSION;
	reply.init.minor = FUSE_KERNEL_MINOR_VERSION;
	reply.init.max_write = 4096;
	if (write(fd, &reply, sizeof(reply)) != sizeof(reply))
		die("write");
}

static int start(void)
{
	static char request[FUSE_MIN_READ_BUFFER + 4096];
	FILE *note;
	int fd;

	signal(SIGCHLD, SIG_IGN);
	fd = mount_fuse();
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
	shake_hands(fd);
	if (!fork()) {
		struct stat stat_of;

		close(fd);
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
