// SPDX-License-Identifier: GPL-2.0
/*
 * First process of the guest: mounts what a program expects, names the
 * moment, runs the boot's script and powers off. Whatever goes wrong ends the
 * machine with a line that says so; nothing waits for a person.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "port.h"

static void mount_one(const char *type, const char *where)
{
	mkdir(where, 0755);
	if (mount(type, where, type, 0, NULL) && errno != EBUSY)
		port_say("init-failed mount %s: %s", where, strerror(errno));
}

static void open_console(void)
{
	int fd = open("/dev/console", O_RDWR);

	if (fd < 0)
		return;
	dup2(fd, 0);
	dup2(fd, 1);
	dup2(fd, 2);
	if (fd > 2)
		close(fd);
}

static int run_script(void)
{
	pid_t script = fork();
	int status;
	pid_t pid;

	if (!script) {
		setsid();
		execl("/bin/busybox", "sh", "/boot.sh", NULL);
		_exit(127);
	}
	do {
		pid = wait(&status);
	} while (pid != script && (pid > 0 || errno == EINTR));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	port_say("init %ld.%09ld", (long)now.tv_sec, now.tv_nsec);
	mount_one("devtmpfs", "/dev");
	mount_one("proc", "/proc");
	mount_one("sysfs", "/sys");
	mount_one("debugfs", "/sys/kernel/debug");
	mount_one("tracefs", "/sys/kernel/tracing");
	mount_one("tmpfs", "/tmp");
	open_console();
	setenv("PATH", "/bin", 1);
	port_say("script-ended %d", run_script());
	sync();
	reboot(RB_POWER_OFF);
	port_say("init-failed power off: %s", strerror(errno));
	return 1;
}
