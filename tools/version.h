/* The version of limpet and of limpet-vmm.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VERSION_H
#define TOOLS_VERSION_H

#define LIMPET_VERSION "0.1"
#define LIMPET_DATE    "2026-11-29" /* of that version, for man pages and packages */

#endif
