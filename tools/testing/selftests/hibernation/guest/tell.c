// SPDX-License-Identifier: GPL-2.0
/* usage: tell WORD...: sends the words to the host, as one line. */
#include <string.h>

#include "port.h"

int main(int argc, char **argv)
{
	char line[1900] = "";
	int i;

	for (i = 1; i < argc; i++) {
		if (i > 1)
			strncat(line, " ", sizeof(line) - strlen(line) - 1);
		strncat(line, argv[i], sizeof(line) - strlen(line) - 1);
	}
	port_say("%s", line);
	return 0;
}
