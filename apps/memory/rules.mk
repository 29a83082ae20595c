# SPDX-License-Identifier: BSD-2-Clause
# No loop may become a call of memcpy or memset; RAMspeed's are compiled with -O3, as it is.
CFLAGS_memory/copies = $(NO_IDIOMS)
CFLAGS_memory/arrays = -O3 $(NO_IDIOMS)
