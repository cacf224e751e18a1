// SPDX-License-Identifier: GPL-2.0
/*
 * usage: listener start FOLDER FILE | listener answer | listener done
 *
 * A scanner of viruses that takes its time. The listener is asked (fanotify)
 * whether FILE, on the file system of FOLDER, may be opened; a task opens it for
 * writing, emptied, and waits inside of open() for the answer. `answer` has the
 * listener allow it, and listen no more. `done` says whether the task has got its
 * file.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <unistd.h>

#include "order.h"

static const char *folder, *file;
static pid_t opener;

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

static int listen_to(void)
{
	int fd = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY);

	if (fd < 0 || fanotify_mark(fd, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_OPEN_PERM,
				    AT_FDCWD, folder))
		die("fanotify");
	return fd;
}

static void start_opener(void)
{
	opener = fork();
	if (opener)
		return;
	_exit(open(file, O_WRONLY | O_TRUNC) < 0);
}

static void allow(int fd, const struct fanotify_event_metadata *event)
{
	struct fanotify_response answer = { .fd = event->fd, .response = FAN_ALLOW };

	if (write(fd, &answer, sizeof(answer)) != sizeof(answer))
		perror("answer");
	close(event->fd);
}

static void serve(int done)
{
	struct fanotify_event_metadata event;
	int fd = listen_to();

	signal(SIGCHLD, SIG_IGN);
	start_opener();
	if (read(fd, &event, sizeof(event)) != sizeof(event))
		die("read");
	if (write(done, "", 1) != 1)
		die("done");
	close(done);
	for (;;) {
		switch (order_take()) {
		case 'a':
			allow(fd, &event);
			close(fd);
			usleep(200000);
			order_answer(0);
			break;
		case 'd':
			order_answer(kill(opener, 0) ? 1 : 0);
			break;
		}
	}
}

int main(int argc, char **argv)
{
	unsigned long number = 0;

	order_init("/listener");
	if (argc == 4) {
		folder = argv[2];
		file = argv[3];
		return order_stay(serve);
	}
	if (argc != 2 || order_give(argv[1][0], &number))
		return 1;
	if (argv[1][0] == 'd')
		printf("%s\n", number ? "yes" : "no");
	return 0;
}
