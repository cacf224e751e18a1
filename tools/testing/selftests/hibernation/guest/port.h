/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The results' own way out of the guest: bytes to an I/O port that QEMU's
 * isa-debugcon hands to the host. No driver, so nothing to suspend.
 */
#ifndef PORT_H
#define PORT_H

/**
 * port_say() - Send one line to the host.
 * @format: As for printf(), without the newline.
 *
 * The line goes out in one piece even when several processes speak.
 */
void port_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
