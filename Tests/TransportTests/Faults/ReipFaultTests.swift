// SPDX-License-Identifier: Apache-2.0
import Testing

/// The faults of REIP (reip-pipelines) that we promise not to have, one test for each and named after
/// it: what it does wrong there is provoked here.
@Suite(.timeLimit(.minutes(10))) struct ReipFaultTests {}
