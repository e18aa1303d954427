"""Which passwords an account may have: long, and none that a guesser tries among its first ten thousand million.

NIST SP 800-63B-4 3.1.1.2: no rules of composition; compare with passwords that are common, expected or compromised, with
patterns, the service's name and the account's. zxcvbn carries the lists (30,000 passwords, names, words) and the patterns.
"""

from msgspec.structs import replace
from zxcvbn import zxcvbn

from screen.access.accounts import HASHER, MOST_PASSWORD, Account, AccountsError

LEAST_PASSWORD = 12
"""Characters of a password at least. GB/T 22239-2019 8.1.4.1 asks for a complexity and gives no number: length is what counts
(NIST SP 800-63B-4 3.1.1.2: 8 at least with a second factor, 15 without); 12 is a choice, with the guesses below."""

LEAST_GUESSES = 1e10
"""Guesses that a password withstands at least: zxcvbn's highest score, strong where somebody has the slow hashes."""

LOOKED_AT = 72
"""Characters that are estimated, as many as zxcvbn takes: a password whose beginning withstands does so as a whole."""

SERVICE = (
    "onescreen",
    "一屏掌控",
    "一屏",
    "yipingzhangkong",
    "yiping",
    "zhengzhou",
    "郑州",
    "henan",
    "河南",
    "admin",
    "huawei",
)
"""What a guesser would try at this service first."""


def with_password(account: Account, password: str) -> Account:
    """The account with this password; AccountsError where it is too short, too long, or easy to guess."""
    if why_not := weakness(account, password):
        raise AccountsError(why_not)
    return replace(account, hash=HASHER.hash(password))


def weakness(account: Account, password: str) -> str:
    """Why the account may not have this password, in a sentence without it; "" where it may."""
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        return f"a password has {LEAST_PASSWORD} to {MOST_PASSWORD} characters, this one {len(password)}"
    found = zxcvbn(password[:LOOKED_AT], user_inputs=[account.id, account.name, *SERVICE])
    if found["guesses"] >= LEAST_GUESSES:
        return ""
    warning = found["feedback"]["warning"] or "It is made of words, dates or patterns that a guesser tries early."
    return f"the password is easy to guess: {warning} Take several unrelated words, or let a password manager draw it by lot"
