"""Work about how orders are done: the cases behind a figure as files, and what other duties would have made of the past."""
