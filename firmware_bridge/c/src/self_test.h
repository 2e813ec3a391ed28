/* Does the bundle give its own golden outputs on this machine? */
#ifndef FHI_SELF_TEST_H
#define FHI_SELF_TEST_H

#include "graphs.h"

/* As `firmware_bridge/self_test.py`. Statuses: E-BUNDLE-SELF-TEST, E-BUNDLE-FORMAT. */
fh_status fhi_self_test(const fhi_graphs *graphs, const fhi_bundle *bundle, fhi_error *error);

#endif
