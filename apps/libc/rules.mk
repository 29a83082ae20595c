CFLAGS_libc/once := -fexceptions
