// SPDX-License-Identifier: Apache-2.0
#pragma once
// hwloc/glibc-sched.h is left out on purpose: it needs _GNU_SOURCE, which Swift's importer lacks.
#include <hwloc.h>
