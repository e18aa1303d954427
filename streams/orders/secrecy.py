"""What names a 密级 is refused before anything of it is written: an append-only log cannot forget a state secret. Pure.

保守国家秘密法 31: no state secret is handled in a system that is not made for it. There is no field for a 密级 here.
"""

import re
import unicodedata

from streams.messages import Text

REFUSED = Text(
    "涉密事项按涉密渠道办理，本系统不得存储、处理国家秘密（保守国家秘密法），此件没有写入",
    "state secrets go by their own channel, not here: the text names a 密级, and nothing was written",
)
"""What whoever writes such a text is told; never a word of the text."""

_GRADE = r"(?:绝\s*密|机\s*密|秘\s*密)"
_MARKED = re.compile(
    rf"(?<!商业){_GRADE}\s*(?:[★☆*(]|级)|[★☆]\s*{_GRADE}|国\s*家\s*秘\s*密|涉密件|^\W*{_GRADE}\W*$", re.MULTILINE
)


def names_secret(text: str) -> bool:
    """Whether a text names a 密级: a grade with a star (GB/T 9704 7.2.2) or 级, alone in a line, or the words 国家秘密.

    >>> [names_secret(each) for each in ("机密★1年", "绝密级", "【秘密】", "涉及国家秘密")]
    [True, True, True, True]
    >>> [names_secret(each) for each in ("商业秘密（配方）须保护", "来电人要求保密", "机密性")]
    [False, False, False]
    """
    return bool(_MARKED.search(unicodedata.normalize("NFKC", text)))
