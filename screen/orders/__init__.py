"""Orders (工单) on the screen: the list, the story of one, what may be done, and the text to paste into a document."""
