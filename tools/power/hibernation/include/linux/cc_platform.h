/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIBIMG_LINUX_CC_PLATFORM_H
#define HIBIMG_LINUX_CC_PLATFORM_H

/* What hibernate_ident.h needs of the kernel's header: a name. */
enum cc_attr { HIBIMG_CC_ATTR };

#endif
