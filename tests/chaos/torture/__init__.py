"""Everything that brings facts into the log and judges them is tortured at random; then it is counted."""
