/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files that the host wants when the program has ended: limpet run --fetch. It names them by
 * variables LIMPET_FETCH=PATH, and gets, just before the last line:
 *
 *   LIMPET: fetch folder PATH          a folder; all below it follows
 *   LIMPET: fetch file PATH            a file begins
 *   LIMPET: fetch data BASE64          its bytes
 *   LIMPET: fetch end BYTES MODE       so many they were; permissions, in octal digits
 *   LIMPET: fetch none PATH            there is none
 *   LIMPET: fetch done                 that was all
 *
 * Paths begin at the root and lead through no symbolic link; of a folder devices, pipes and links
 * are left out. A panic tells nothing.
 */
#ifndef KERNEL_FETCH_H
#define KERNEL_FETCH_H

struct inode;

/* At boot, when the arguments are read. root: of the tree of files, which is whole when one is
 * asked for. */
void fetch_begin(struct inode *root);

#endif
