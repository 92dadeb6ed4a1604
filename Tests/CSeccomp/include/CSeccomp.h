// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Has the kernel refuse (EPERM) what concerns memory policies to the calling thread and to all that it
/// starts from now on, as a container's usual profile does without CAP_SYS_NICE.
/// Returns 0, or an errno with its sign turned.
int seccomp_refuse_memory_policies(void);
