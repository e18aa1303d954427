"""The statutes behind the clauses: citations are read out of our words, and held against a library of the texts in force."""
