// SPDX-License-Identifier: GPL-2.0
#include "order.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char ask_path[64], answer_path[64];

void order_init(const char *name)
{
	snprintf(ask_path, sizeof(ask_path), "%s.ask", name);
	snprintf(answer_path, sizeof(answer_path), "%s.answer", name);
}

int order_stay(void (*serve)(int done))
{
	int done[2];
	char byte;

	if (mkfifo(ask_path, 0600) || mkfifo(answer_path, 0600) || pipe(done))
		return -1;
	switch (fork()) {
	case -1:
		return -1;
	case 0:
		setsid();
		signal(SIGPIPE, SIG_IGN);
		close(done[0]);
		serve(done[1]);
		_exit(1);
	}
	close(done[1]);
	return read(done[0], &byte, 1) != 1;
}

char order_take(void)
{
	for (;;) {
		int in = open(ask_path, O_RDONLY | O_CLOEXEC);
		char order[16];
		ssize_t n = read(in, order, sizeof(order));

		close(in);
		if (n > 0)
			return order[0];
	}
}

void order_answer(unsigned long number)
{
	int out = open(answer_path, O_WRONLY | O_CLOEXEC);

	dprintf(out, "%lu\n", number);
	close(out);
}

int order_give(char what, unsigned long *answer)
{
	int fd = open(ask_path, O_WRONLY | O_CLOEXEC);
	char line[32] = "";
	ssize_t n;

	if (fd < 0 || write(fd, &what, 1) != 1)
		return -1;
	close(fd);
	fd = open(answer_path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);
	if (n <= 0)
		return -1;
	close(fd);
	*answer = strtoul(line, NULL, 10);
	return 0;
}

void order_forget(void)
{
	unlink(ask_path);
	unlink(answer_path);
}
