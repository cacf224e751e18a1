// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: masters - devices that write to memory and that nobody would stop
 *
 * Before the jump each driver stops its device. A device without a driver in
 * the boot kernel, which may be a small one, is stopped by nobody, and firmware
 * or a kernel that started this one by kexec may have left it at work: it would
 * write into the memory that is being restored. So its bus mastering is switched
 * off. The image's kernel, which may have a driver, programs the device again.
 *
 * Bridges stay as they are: without it they would not pass on what is behind
 * them. So does what core code works with, and no driver is ever bound to: the
 * function of an IOMMU, whose commands would not be answered any more.
 *
 * Which devices were stopped is remembered until the jump. When there is none,
 * they get back what they had: user space or a hypervisor's guest may use them.
 *
 * Context: process context, devices working.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "masters.h"
#include <linux/device.h>
#include <linux/pci.h>
#include <linux/slab.h>

#define MASTERS_CLASS_IOMMU	0x0806

/**
 * struct hib_masters - Devices that were stopped.
 * @nr: How many.
 * @dev: Them, a reference held to each.
 */
struct hib_masters {
	unsigned int nr;
	struct pci_dev *dev[] __counted_by(nr);
};

/* Has it no driver because nobody has one, or because it must not be touched? */
static bool master_is_apart(const struct pci_dev *pdev)
{
	return pdev->class >> 16 == PCI_BASE_CLASS_BRIDGE ||
	       pdev->class >> 8 == MASTERS_CLASS_IOMMU || !pdev->match_driver;
}

static bool master_is_loose(const struct pci_dev *pdev)
{
	u16 command;

	if (pdev->dev.driver || master_is_apart(pdev))
		return false;
	return !pci_read_config_word(pdev, PCI_COMMAND, &command) &&
	       !PCI_POSSIBLE_ERROR(command) && (command & PCI_COMMAND_MASTER);
}

static unsigned int masters_count(void)
{
	struct pci_dev *pdev = NULL;
	unsigned int nr = 0;

	for_each_pci_dev(pdev)
		nr += master_is_loose(pdev);
	return nr;
}

/**
 * hib_masters_stop() - Keep PCI devices without a driver from writing to memory.
 * @stopped: Receives which, for hib_masters_start(); NULL for none.
 *
 * Context: Process context, device hotplug locked. Sleeps.
 * Return: 0, or -ENOMEM with nothing changed.
 */
int hib_masters_stop(struct hib_masters **stopped)
{
	unsigned int most = masters_count();
	struct pci_dev *pdev = NULL;
	struct hib_masters *m;

	*stopped = NULL;
	if (!most)
		return 0;
	m = kzalloc(struct_size(m, dev, most), GFP_KERNEL);
	if (!m)
		return -ENOMEM;
	for_each_pci_dev(pdev) {
		if (m->nr == most || !master_is_loose(pdev))
			continue;
		m->nr++;
		m->dev[m->nr - 1] = pci_dev_get(pdev);
		pci_clear_master(pdev);
		pr_info("%s: has no driver, bus mastering is off\n", pci_name(pdev));
	}
	*stopped = m;
	return 0;
}

/**
 * hib_masters_start() - There was no jump: give devices back what they had.
 * @stopped: From hib_masters_stop(); freed. May be NULL.
 *
 * Context: Process context. Sleeps.
 */
void hib_masters_start(struct hib_masters *stopped)
{
	if (!stopped)
		return;
	for (unsigned int i = 0; i < stopped->nr; i++) {
		pci_set_master(stopped->dev[i]);
		pci_dev_put(stopped->dev[i]);
	}
	kfree(stopped);
}
