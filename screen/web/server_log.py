"""What the screen's server writes to stderr: one line a thing, whatever somebody has sent that stands in it."""

import sys


def log_line(text: str) -> None:
    """Write a line."""
    sys.stderr.write(f"screen: {printable(text)}\n")


def printable(text: str) -> str:
    r"""The text with everything that a terminal would obey, hide or break a line at as an escape, such as `\x1b`.

    What is printable is so by Unicode's categories: letters of every script are, control and format characters, line
    separators and lone surrogates are not.
    """
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
