// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: masters - devices that write to memory and have no driver
 *
 * Before the jump each driver stops its device. If the boot kernel has no driver for a
 * device, nobody stops it. Firmware, or the kernel before a kexec, may have left the
 * device running, and it would write into memory that is being restored. So its bus
 * mastering is switched off. If the kernel in the image has a driver, the driver
 * programs the device again.
 *
 * Bridges are left out: without bus mastering they would not forward requests of the
 * devices behind them. The function of an IOMMU is left out, too: core code uses it
 * without a driver, and its commands would not be answered any more.
 *
 * The devices that were stopped are remembered until the jump. If there is no jump, they
 * get bus mastering back, as user space or a guest of a hypervisor may use them.
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
 * @nr: Number of entries.
 * @dev: The devices; a reference to each is held.
 */
struct hib_masters {
	unsigned int nr;
	struct pci_dev *dev[] __counted_by(nr);
};

/* Must the device stay as it is, although it has no driver? */
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
 * @stopped: Receives the devices that were stopped, for hib_masters_start(); NULL if none.
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
 * hib_masters_start() - Switch bus mastering on again after a jump that was refused.
 * @stopped: From hib_masters_stop(); freed here. May be NULL.
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
