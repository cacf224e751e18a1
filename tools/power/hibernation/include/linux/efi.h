/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIBIMG_LINUX_EFI_H
#define HIBIMG_LINUX_EFI_H

/* What hibernate_ident.h needs of the kernel's header: a name. */
typedef struct hibimg_efi_memory_desc efi_memory_desc_t;

#endif
