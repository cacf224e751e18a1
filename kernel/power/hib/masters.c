// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: masters - devices that write to memory and that nobody would stop
 *
 * Before the jump each driver stops its device. A device without a driver in
 * the boot kernel, which may be a small one, is stopped by nobody, and firmware
 * or a kernel that started this one by kexec may have left it at work: it would
 * write into the memory that is being restored. So its bus mastering is switched
 * off. The image's kernel, which may have a driver, programs the device anew.
 *
 * Bridges stay as they are: without it they would not pass on what is behind
 * them. There is no way back, as nobody here misses those devices.
 *
 * Context: process context, devices working.
 */
#include "masters.h"
#include <linux/device.h>
#include <linux/pci.h>

#undef pr_fmt
#define pr_fmt(fmt) "PM: hibernation: " fmt

static bool master_is_loose(const struct pci_dev *pdev)
{
	u16 command;

	if (pdev->dev.driver || pdev->class >> 16 == PCI_BASE_CLASS_BRIDGE)
		return false;
	return !pci_read_config_word(pdev, PCI_COMMAND, &command) &&
	       !PCI_POSSIBLE_ERROR(command) && (command & PCI_COMMAND_MASTER);
}

/**
 * hib_masters_stop() - Keep PCI devices without a driver from writing to memory.
 */
void hib_masters_stop(void)
{
	struct pci_dev *pdev = NULL;

	for_each_pci_dev(pdev) {
		if (!master_is_loose(pdev))
			continue;
		pci_clear_master(pdev);
		pr_info("%s: has no driver, bus mastering is off\n", pci_name(pdev));
	}
}
