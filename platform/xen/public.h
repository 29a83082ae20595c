/* SPDX-License-Identifier: BSD-2-Clause */
/* Xen's public headers (package libxen-dev), of which all of Limpet's constants for Xen are. */
#ifndef PLATFORM_XEN_PUBLIC_H
#define PLATFORM_XEN_PUBLIC_H

#include <stdint.h>

#define __XEN_INTERFACE_VERSION__ __XEN_LATEST_INTERFACE_VERSION__
#include <xen/xen.h>
#include <xen/arch-x86/cpuid.h>
#include <xen/event_channel.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/hvm_vcpu.h>
#include <xen/hvm/params.h>
#include <xen/io/console.h>
#include <xen/io/xs_wire.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/vcpu.h>

#endif
