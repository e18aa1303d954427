"""The audit trail that proves itself: signed anchors over all trails of a log, and the check of both."""
