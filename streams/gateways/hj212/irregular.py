"""What devices send that HJ 212 does not say: one table, and whether it is taken with a remark or refused.

Taken is what can be read in one way only; refused is what would have to be guessed. `--strict` refuses it all. Tables
and sections are those of HJ 212-2017.
"""

from msgspec import Struct

from streams.gateways.notes import LONGEST
from streams.messages import FieldNote


class Irregularity(Struct, frozen=True):
    """One irregularity: what it is, what the standard says, whether it is taken, and why or why not."""

    what: str
    standard: str
    taken: bool
    reason: str


IRREGULARITIES = {
    "crc-case": Irregularity(
        "CRC in lower case",
        "table 2: a hexadecimal number of 4 digits; annex A writes it in upper case",
        True,
        "a hexadecimal number is the same in either case",
    ),
    "mn-characters": Irregularity(
        "MN with `_` or `-`",
        "table 3: 24 characters of 0-9 and A-F (HJ/T 212-2005: 14 characters)",
        True,
        "the text up to the next `;` is the device's name, and the register says whose it is",
    ),
    "edition-other": Irregularity(
        "Flag with the version of another edition than the register has",
        "table 3: V5 to V0 are the version of the standard",
        True,
        "the frame says by itself how it is to be read; the register is to be put right, or the device has been changed",
    ),
    "name-case": Irregularity(
        "name of a field in another case (`FLAG`, `datatime`, `-avg`)",
        "6.3.3.2.1: names are case-sensitive",
        True,
        "no two names of the standard differ in case alone",
    ),
    "code-case": Irregularity(
        "code of a factor in upper case (`A21026`)",
        "table 4 (PolId: 0-9, a-z), annex B: the letters of codes are small",
        True,
        "no two codes of annex B differ in case alone; codes of 2005 such as `B01` are read as they are",
    ),
    "flag-case": Irregularity(
        "mark of a value in lower case (`Flag=n`)",
        "table 4 (Flag: A-Z, 0-9), table 8: N F M S D C T B",
        True,
        "table 8 has no small letters",
    ),
    "time-milliseconds": Irregularity(
        "DataTime of 17 digits",
        "table 4: N14, YYYYMMDDhhmmss",
        True,
        "the first 14 digits are the time; QN shows that the other 3 are milliseconds, which are left out",
    ),
    "hour-24": Irregularity(
        "DataTime that ends in `240000`",
        "table 4: N14, and the START of the interval",
        True,
        "24:00 is midnight at the end of the day (GB/T 7408-2005); data of a day are of the day that is named, since no day "
        "begins at its own end; an hour or some minutes that would not be over at QN end there",
    ),
    "blanks": Irregularity(
        "blanks around a value",
        "6.3.3.1: a name and its value are joined by `=`, nothing else",
        True,
        "a blank is no part of a number or mark",
    ),
    "empty": Irregularity(
        "value that is empty (`a21026-Avg=`)",
        "table 4: digits",
        False,
        "nothing was sent; it is neither 0 nor the value before",
    ),
    "not-a-number": Irregularity(
        "value that is no number (`NaN`, `--`, `<2`)",
        "table 4: digits",
        False,
        "what it stands for is not said; below the detection limit is neither 0 nor the limit",
    ),
    "out-of-range": Irregularity(
        "number beyond the field's range (SBxxx-RS 7, SBxxx-RT 25)",
        "table 4: RS 0 to 5, RT 0 to 24 hours; N14.2 at the most",
        False,
        "it means nothing by the standard",
    ),
    "too-long": Irregularity(
        "mark or sample time that is too long",
        "table 4: Flag C1, EFlag C4, SampleTime N14",
        False,
        "it is another thing than the field",
    ),
    "twice": Irregularity(
        "field that comes twice with different values",
        "6.3.3.1: a field has one value",
        False,
        "which of them is meant is not said; both are left out",
    ),
    "no-value": Irregularity(
        "item that is not name=value",
        "6.3.3.1: a name and its value are joined by `=`",
        False,
        "it has no name, or no value; in a frame of 2025 it is taken for encrypted content, and the frame is refused",
    ),
}
"""All irregularities by name; those of a whole frame that is refused are the faults of `hj212.frame.Fault`."""


def note(name: str, field: str, size: int) -> FieldNote:
    """What is to be said of a field of so many characters."""
    row = IRREGULARITIES[name]
    fate = "taken with a remark" if row.taken else "refused"
    return FieldNote(field[:LONGEST], name, size, row.taken, f"{row.what}; {size} characters; {fate}: {row.reason}")
