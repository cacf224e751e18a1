// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hibimg report
 *
 * Prints what a maintainer asks about a hibernation that failed: the kernel, the
 * machine, the place, what the core says in sysfs, and its lines of the kernel log.
 * All of it is text that this system shows anyway; nothing is written, and no
 * image is read. A file that is not there is passed over. One that cannot be read
 * is named, as that may be the answer.
 */
#include "hibimg.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define REPORT_FILE_BYTES	65536u
#define REPORT_LOG_BYTES	8192u

/* Directories end with a slash: each file in them that can be read. */
static const char *const report_files[] = {
	"/proc/version", "/proc/cmdline", "/etc/os-release",
	"/sys/class/dmi/id/sys_vendor", "/sys/class/dmi/id/product_name",
	"/sys/class/dmi/id/bios_version", "/sys/class/dmi/id/bios_date",
	"/sys/devices/system/cpu/online", "/sys/devices/system/cpu/smt/control", "/proc/meminfo",
	"/sys/kernel/security/lockdown",
	"/proc/swaps", "/proc/partitions", "/proc/mdstat",
	"/sys/power/state", "/sys/power/disk", "/sys/power/resume", "/sys/power/resume_offset",
	"/sys/power/image_size", "/sys/power/reserved_size", "/sys/power/hibernate/",
	"/sys/module/hibernate/parameters/", "/proc/acpi/wakeup",
};

/* Lines of the log that tell of hibernation, or of what it may have failed for. */
static const char *const report_words[] = {
	"PM: ", "Linux version", "Command line:", "Freezing", "freeze of", "ACPI: PM:", "resume",
	"I/O error", " swap", "BUG:", "WARNING:", "Call Trace",
};

/* The open file, or -1 with errno; it does not block. */
static int report_open(const struct hibimg *img, const char *name, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s%s", img->root ? img->root : "", name);
	return open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

/* Each line of @text, set in; a line at the end that has no end gets one. */
static void report_text(const struct hibimg *img, char *text)
{
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n")))
		if (*line || rest)
			fprintf(img->out, "    %s\n", line);
}

static void report_file(const struct hibimg *img, const char *name)
{
	static char text[REPORT_FILE_BYTES];
	char path[PATH_MAX];
	int fd = report_open(img, name, path);
	ssize_t bytes = 0, got = -1;

	if (fd < 0 && errno == ENOENT)
		return;
	while (fd >= 0 && (got = read(fd, text + bytes, sizeof(text) - 1 - bytes)) > 0)
		bytes += got;
	fprintf(img->out, "%s:", name);
	if (got < 0)
		fprintf(img->out, " cannot be read: %s", strerror(errno));
	fputc('\n', img->out);
	text[bytes] = 0;
	report_text(img, text);
	if (fd >= 0)
		close(fd);
}

static int report_is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Files that are for writing only are passed over. */
static void report_dir(const struct hibimg *img, const char *name)
{
	char path[PATH_MAX], file[PATH_MAX];
	struct dirent **entries;
	struct stat status;
	int nr;

	snprintf(path, sizeof(path), "%s%s", img->root ? img->root : "", name);
	nr = scandir(path, &entries, report_is_visible, alphasort);
	if (nr < 0) {
		fprintf(img->out, "%s: cannot be read: %s\n", name, strerror(errno));
		return;
	}
	for (int i = 0; i < nr; i++) {
		snprintf(path, sizeof(path), "%s%s%s", img->root ? img->root : "", name,
			 entries[i]->d_name);
		snprintf(file, sizeof(file), "%s%s", name, entries[i]->d_name);
		if (!stat(path, &status) && S_ISREG(status.st_mode) && status.st_mode & 0444)
			report_file(img, file);
		free(entries[i]);
	}
	free(entries);
}

static bool report_is_wanted(const char *line)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(report_words); i++)
		if (strstr(line, report_words[i]))
			return true;
	return false;
}

/* A record is "level,number,microseconds,flags;text"; lines about it may follow, set in. */
static void report_records(const struct hibimg *img, char *records)
{
	unsigned long long us;
	char *line, *text;

	while ((line = strsep(&records, "\n"))) {
		text = strchr(line, ';');
		if (!text || *line == ' ' || sscanf(line, "%*u,%*u,%llu", &us) != 1)
			continue;
		if (report_is_wanted(++text))
			fprintf(img->out, "    [%5llu.%06llu] %s\n", us / 1000000, us % 1000000,
				text);
	}
}

/* Each read gives one record. Records that were overwritten meanwhile are passed over. */
static void report_log(const struct hibimg *img)
{
	char path[PATH_MAX], records[REPORT_LOG_BYTES];
	int fd = report_open(img, "/dev/kmsg", path);
	ssize_t bytes = -1;

	fputs("/dev/kmsg:", img->out);
	if (fd < 0)
		fprintf(img->out, " cannot be read: %s", strerror(errno));
	fputc('\n', img->out);
	while (fd >= 0 && ((bytes = read(fd, records, sizeof(records) - 1)) > 0 ||
			   (bytes < 0 && errno == EPIPE))) {
		records[max(bytes, (ssize_t)0)] = 0;
		report_records(img, records);
	}
	if (fd >= 0)
		close(fd);
}

/**
 * hibimg_report() - Print what is to be said with a report of a fault.
 * @img: Where to; no image is opened. Its root is the tree that is looked at.
 *
 * Return: 0.
 */
int hibimg_report(struct hibimg *img)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(report_files); i++) {
		const char *name = report_files[i];

		if (name[strlen(name) - 1] == '/')
			report_dir(img, name);
		else
			report_file(img, name);
	}
	report_log(img);
	return 0;
}
