CFLAGS_libc/once := -fexceptions
CFLAGS_libc/fma := -frounding-math
CFLAGS_libc/nearbyint := -frounding-math
