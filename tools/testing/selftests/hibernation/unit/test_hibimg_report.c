// SPDX-License-Identifier: GPL-2.0
/* hibimg report, on a tree of its own. */
#define _GNU_SOURCE
#include <sys/stat.h>
#include "hibimg_run.h"

static char root[] = "/tmp/hibimg-report.XXXXXX";

static void put(const char *name, const char *text, mode_t mode)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	for (char *slash = path + sizeof(root); (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = 0;
		mkdir(path, 0755);
	}
	file = fopen(path, "w");
	check(file);
	fputs(text, file);
	fclose(file);
	check_number(chmod(path, mode), 0);
}

static int report(void)
{
	char line[64];

	snprintf(line, sizeof(line), "report --root %s", root);
	return run_words(line);
}

static void make_root(void)
{
	strcpy(root + sizeof(root) - 7, "XXXXXX");
	check(mkdtemp(root));
	put("sys/power/hibernate/last_error", "phase=hibernate step=write errno=-28\n", 0444);
	put("sys/power/hibernate/areas", "", 0444);
	put("sys/power/hibernate/discard", "never shown", 0200);
	put("sys/module/hibernate/parameters/verify", "N", 0644);
	put("proc/version", "Linux version 6.12\nand a second line", 0444);
}

static void drop_root(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", root);
	check_number(system(command), 0);
}

TEST(hibimg_report_shows_what_the_system_says)
{
	make_root();
	check_number(report(), HIBIMG_SOUND);
	check_has(out, "/sys/power/hibernate/last_error:\n    phase=hibernate step=write errno=-28\n");
	check_has(out, "/sys/power/hibernate/areas:\n/sys/power/hibernate/last_error:");
	check_has(out, "/sys/module/hibernate/parameters/verify:\n    N\n");
	check_has(out, "/proc/version:\n    Linux version 6.12\n    and a second line\n");
	check(!strstr(out, "never shown"));
	check(!strstr(out, "/proc/mdstat"));
	check_text(err, "");
	drop_root();
}

TEST(hibimg_report_names_what_it_cannot_read)
{
	make_root();
	put("sys/power/state/file", "", 0444);
	check_number(report(), HIBIMG_SOUND);
	check_has(out, "/sys/power/state: cannot be read: Is a directory\n");
	check_has(out, "/dev/kmsg: cannot be read: No such file or directory\n");
	drop_root();
	check_number(report(), HIBIMG_SOUND);
	check_has(out, "/sys/power/hibernate/: cannot be read: No such file or directory\n");
}

TEST(hibimg_report_takes_lines_about_hibernation_from_the_log)
{
	make_root();
	put("dev/kmsg",
	    "6,1,1500000,-;PM: hibernation: result phase=hibernate; errno=-28\n"
	    " SUBSYSTEM=power;PM: not a line of the log\n"
	    "6,2,1600000,-;usb 1-1: a mouse\n"
	    "PM: no record\n"
	    "3,3,12345678901,-;vda: I/O error\n", 0444);
	check_number(report(), HIBIMG_SOUND);
	check_has(out, "/dev/kmsg:\n    [    1.500000] PM: hibernation: result phase=hibernate; errno=-28\n"
		       "    [12345.678901] vda: I/O error\n");
	check(!strstr(out, "mouse"));
	check(!strstr(out, "not a line"));
	check(!strstr(out, "no record"));
	drop_root();
}

TEST(hibimg_report_has_no_device)
{
	static const char *const lines[] = {
		"report DISK", "report --offset 1", "report --member DISK", "report --json",
		"report --all", "describe --root / DISK", "verify --root /",
	};

	make();
	disk_store();
	for (u32 i = 0; i < ARRAY_SIZE(lines); i++) {
		check_number(run_words(lines[i]), HIBIMG_USAGE);
		check_has(err, "usage: ");
		check_text(out, "");
	}
	disk_drop();
}

