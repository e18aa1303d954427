"""Units beside each other, fairly: exact limits, expectation by case mix, bands by kind of unit, objections. Pure."""
