"""Units beside each other: exact limits, funnel, expectation, bands, objections."""
