"""The proofs of a log that was opened: anchored, noted, witnessed, and verified as a whole."""
