"""The page of oversight: the leader's one page, measures with the cases behind each figure, corrections."""
