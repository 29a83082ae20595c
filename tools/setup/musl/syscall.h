/* SPDX-License-Identifier: BSD-2-Clause */
/* In place of the header of this name in musl, of which nothing is needed: musl.h has the rest. */
