"""A version of the catalogue: its text, and the hash by which events name it."""

import hashlib
from functools import cache

from streams.catalogue import ROOT
from streams.catalogue.described import catalogue
from streams.directory.json_schema import payload_schema
from streams.directory.telling import field_row, type_row
from streams.messages import encode


@cache
def text() -> bytes:
    """All that the catalogue says, as canonical JSON: by type what is said of it, its fields, and the schema of its data."""
    found = {
        name: {
            "type": type_row(each),
            "fields": [field_row(field, each) for field in each.fields],
            "schema": payload_schema(each),
        }
        for name, each in sorted(catalogue(ROOT).items())
    }
    return encode(found)


@cache
def fingerprint() -> str:
    """The version's name: SHA-256 of its text, the first 16 of its hexadecimal digits."""
    return name_of(text())


def name_of(version: bytes) -> str:
    """The name of a version's text."""
    return hashlib.sha256(version).hexdigest()[:16]
