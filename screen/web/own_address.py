"""This machine's address is asked of nobody, and no request leaves the machine.

Streamlit asks a host on the Internet for it, for up to two seconds in which nothing else is answered, where it compares the
Origin of a websocket with its own names and where it greets at its start; and it opens a socket to a public name server.
"""

from streamlit import net_util


def ask_nobody() -> None:
    """Let Streamlit know no address of this machine: of its names loopback remains, and the Host that was asked."""
    net_util.get_external_ip = net_util.get_internal_ip = _unknown


def _unknown() -> None:
    return None
