# SPDX-License-Identifier: BSD-2-Clause
# The system of Limpet's images as CMake knows it: POSIX in one address space, everything linked statically.
set(UNIX 1)
set(CMAKE_EXECUTABLE_SUFFIX "")
set_property(GLOBAL PROPERTY TARGET_SUPPORTS_SHARED_LIBS FALSE)
