// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Looking at an image
 *
 * hibimg reads a hibernation image from a device or a file. It is made of the
 * kernel's own pure files, so it finds sound what the kernel finds sound, and
 * it bounds each number before it uses it: an image may be hostile.
 *
 * This file has the command line, the table of commands and the one form that
 * all faults are printed in:
 *
 *	hibimg: PATH: PART at byte N: KIND: REASON
 *
 * Only one command writes, discard, and it has to be named.
 */
#include "hibimg.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>

/**
 * struct hibimg_command - A word of the command line.
 * @name: The word.
 * @run: What it does.
 * @writable: It writes to the device.
 * @system: It looks at the system, and has no device.
 */
struct hibimg_command {
	const char *name;
	int (*run)(struct hibimg *img);
	bool writable;
	bool system;
};

static const struct hibimg_command commands[] = {
	{ .name = "describe", .run = hibimg_describe },
	{ .name = "verify", .run = hibimg_verify },
	{ .name = "map", .run = hibimg_map },
	{ .name = "extract", .run = hibimg_extract },
	{ .name = "offsets", .run = hibimg_offsets },
	{ .name = "log", .run = hibimg_log },
	{ .name = "discard", .run = hibimg_discard, .writable = true },
	{ .name = "report", .run = hibimg_report, .system = true },
};

static const char usage_text[] =
	"usage: hibimg describe [--offset BLOCK] DEVICE\n"
	"       hibimg verify   [--offset BLOCK] DEVICE\n"
	"       hibimg map      [--offset BLOCK] DEVICE\n"
	"       hibimg extract  [--offset BLOCK] --pfn FRAME [--output FILE] DEVICE\n"
	"       hibimg extract  [--offset BLOCK] --all --output FILE DEVICE\n"
	"       hibimg offsets  [--offset BLOCK] --json DEVICE\n"
	"       hibimg log      [--offset BLOCK] DEVICE\n"
	"       hibimg discard  [--offset BLOCK] DEVICE\n"
	"       hibimg report   [--root DIRECTORY]\n"
	"DEVICE is a block device or a file. BLOCK is what resume_offset= says: the\n"
	"block of 4096 bytes that holds the swap header. If an image lies on several\n"
	"devices, name the others with --member DEVICE. Only discard writes. report\n"
	"prints what to send with a report of a hibernation that failed.\n";

static const char *kind_of(int error)
{
	switch (error) {
	case -EBADMSG:
		return "damaged";
	case -EOPNOTSUPP:
		return "not supported";
	case -ENODATA:
		return "no image";
	case -ERANGE:
		return "not in the image";
	default:
		return strerror(-error);
	}
}

/**
 * hibimg_fault() - Print what is wrong, and where.
 * @img: The image.
 * @error: What kind of fault.
 * @why: The reason; NULL: the kind says it.
 * @where: The part and its place, as printf() wants it.
 *
 * Return: @error.
 */
int hibimg_fault(struct hibimg *img, int error, const char *why, const char *where, ...)
{
	va_list args;

	img->nr_faults++;
	fprintf(img->err, "hibimg: %s: ", img->path);
	va_start(args, where);
	vfprintf(img->err, where, args);
	va_end(args);
	fprintf(img->err, ": %s%s%s\n", kind_of(error), why ? ": " : "", why ? why : "");
	return error;
}

static enum hibimg_exit exit_of(int error)
{
	switch (error) {
	case 0:
		return HIBIMG_SOUND;
	case -EBADMSG:
		return HIBIMG_DAMAGED;
	case -ENODATA:
		return HIBIMG_NO_IMAGE;
	case -EOPNOTSUPP:
		return HIBIMG_UNSUPPORTED;
	case -ERANGE:
		return HIBIMG_NO_FRAME;
	default:
		return HIBIMG_FAILED;
	}
}

static const struct hibimg_command *command_of(const char *name)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

/* A whole number, decimal, octal or hexadecimal, and nothing else. */
static bool number_of(const char *text, u64 *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 0);
	return *text >= '0' && *text <= '9' && !*end && !errno;
}

/* Options that only one command takes. */
struct hibimg_wanted {
	bool pfn, all, json, device;
};

static bool option_take(struct hibimg *img, struct hibimg_wanted *wanted, int option)
{
	u64 number;

	wanted->device |= option == 'b' || option == 'm';
	switch (option) {
	case 'b':
		return number_of(optarg, &img->root_block);
	case 'm':
		if (img->nr_others == HIB_MEMBERS_MAX)
			return false;
		img->others[img->nr_others++] = optarg;
		return true;
	case 'p':
		if (!number_of(optarg, &number) || number >= HIB_PFN_NONE)
			return false;
		img->pfn = number;
		wanted->pfn = true;
		return true;
	case 'a':
		wanted->all = true;
		return true;
	case 'o':
		img->output = optarg;
		return true;
	case 'j':
		wanted->json = true;
		return true;
	case 'r':
		img->root = optarg;
		return true;
	default:
		return false;
	}
}

static bool options_fit(const struct hibimg *img, const struct hibimg_wanted *wanted,
			const struct hibimg_command *command)
{
	bool extract = command->run == hibimg_extract;
	bool offsets = command->run == hibimg_offsets;

	if (wanted->json != offsets || (command->system ? wanted->device : !!img->root))
		return false;
	if (!extract)
		return !wanted->pfn && !wanted->all && !img->output;
	return wanted->pfn != wanted->all && (wanted->pfn || img->output);
}

/* The command, with its options in @img; NULL: the usage is to be told. */
static const struct hibimg_command *command_line(struct hibimg *img, int argc, char **argv)
{
	static const struct option options[] = {
		{ "offset", required_argument, NULL, 'b' },
		{ "member", required_argument, NULL, 'm' },
		{ "pfn", required_argument, NULL, 'p' },
		{ "all", no_argument, NULL, 'a' },
		{ "output", required_argument, NULL, 'o' },
		{ "json", no_argument, NULL, 'j' },
		{ "root", required_argument, NULL, 'r' },
		{}
	};
	const struct hibimg_command *command;
	struct hibimg_wanted wanted = {};
	int option;

	optind = 0;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1)
		if (!option_take(img, &wanted, option))
			return NULL;
	command = optind < argc ? command_of(argv[optind]) : NULL;
	if (!command || argc - optind != (command->system ? 1 : 2))
		return NULL;
	img->path = argv[optind + 1];
	return options_fit(img, &wanted, command) ? command : NULL;
}

static bool is_help(int argc, char **argv)
{
	return argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"));
}

/**
 * hibimg_run() - The program.
 * @argc: Number of words.
 * @argv: The command line.
 * @out: Receives the answer.
 * @err: Receives faults.
 *
 * Return: What to exit with, enum hibimg_exit.
 */
int hibimg_run(int argc, char **argv, FILE *out, FILE *err)
{
	struct hibimg img = { .out = out, .err = err, .pfn = HIB_PFN_NONE };
	const struct hibimg_command *command = command_line(&img, argc, argv);
	int error;

	memset(img.fd, -1, sizeof(img.fd));
	if (!command) {
		bool help = is_help(argc, argv);

		fputs(usage_text, help ? out : err);
		return help ? HIBIMG_SOUND : HIBIMG_USAGE;
	}
	error = command->system ? 0 : hibimg_open(&img, command->writable);
	if (!error)
		error = command->run(&img);
	hibimg_close(&img);
	if (fflush(out) && !error)
		error = hibimg_fault(&img, -errno, NULL, "output");
	return exit_of(error);
}
