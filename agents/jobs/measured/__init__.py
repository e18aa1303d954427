"""Work about figures: the cases behind one of 监督一览 as files, other thresholds of a sign."""
