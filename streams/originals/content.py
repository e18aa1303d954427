"""What a file is, by its bytes alone: the few types that evidence has, and what makes one dangerous. Pure but for reading.

Signatures as the formats' own specifications give them: JPEG (ITU-T T.81 B.1.1.3), PNG (ISO/IEC 15948 5.2), PDF (ISO 32000-1
7.5.2), RIFF (WebP container specification, RFC 2361), ISO base media (ISO/IEC 14496-12 4.3), ZIP (APPNOTE 4.3.7), OOXML
(ISO/IEC 29500-2), OLE2 ([MS-CFB] 2.2), ID3v2.
"""

import zipfile
from collections.abc import Iterator
from typing import IO

from msgspec import Struct

HEAD = 4_096
"""Bytes of the beginning that are looked at."""

MOST_ENTRIES = 2_000
"""Entries that an office document may have; 本系统默认: far more than any that people write."""

MOST_RATIO = 200
"""How often larger an entry may be than it is packed; 本系统默认: text of XML comes to some 20."""

MOST_UNPACKED = 512 << 20
"""Bytes of an office document unpacked; 本系统默认."""

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_OFFICE = {"word/document.xml": _DOCX, "xl/workbook.xml": _XLSX, "ppt/presentation.xml": _PPTX}
_BRANDS = {
    "image/heic": (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"),
    "video/mp4": (
        b"isom",
        b"iso2",
        b"iso4",
        b"iso5",
        b"iso6",
        b"mp41",
        b"mp42",
        b"avc1",
        b"M4V ",
        b"dash",
        b"MSNV",
        b"3gp4",
        b"3gp5",
    ),
    "audio/mp4": (b"M4A ",),
    "video/quicktime": (b"qt  ",),
}
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_BEGINS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"#!AMR", "audio/amr"),
)
_ENDS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "application/pdf": "pdf",
    _DOCX: "docx",
    _XLSX: "xlsx",
    _PPTX: "pptx",
    "video/mp4": "mp4",
    "audio/mp4": "m4a",
    "video/quicktime": "mov",
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "audio/amr": "amr",
}


class ContentError(ValueError):
    """A file that is not taken: what it is, and what would be; `code`: the same in words that a trail keeps."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


class FileContent(Struct, frozen=True):
    """What a file is: its type (RFC 2046), and what is to be told of it, which is that it said to be another."""

    type: str
    told: str = ""


def content_of(file: IO[bytes], said: str = "") -> FileContent:
    """The type of a file by its content; `said`: what whoever sends it calls it. ContentError where it is not taken."""
    file.seek(0)
    head = file.read(HEAD)
    found = _by_head(head) or (_by_zip(file) if head.startswith(b"PK\x03\x04") else "")
    if not found:
        known = "、".join(sorted(set(_ENDS.values())))
        raise ContentError(
            "no type that is taken",
            f"不是可收的文件类型（按内容看）/ by its content this is no file that is taken; taken are {known}",
        )
    named = said.partition(";")[0].strip().lower()
    lies = named and named not in {found, "application/octet-stream"}
    return FileContent(found, f"said to be {named[:100]!r}, but is {found} by its content" if lies else "")


def end_of(type_: str) -> str:
    """How the name of a file of this type ends.

    >>> end_of("image/jpeg"), end_of("text/html")
    ('jpg', 'bin')
    """
    return _ENDS.get(type_, "bin")


def _by_head(head: bytes) -> str:
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return next((type_ for type_, brands in _BRANDS.items() if head[8:12] in brands), "")
    return next((type_ for begin, type_ in _BEGINS if head.startswith(begin)), "")


def _by_zip(file: IO[bytes]) -> str:
    """The type of an office document; ContentError where it is another zip, or one that is made to burst.

    What the directory says of sizes is a claim: each entry is unpacked, a piece at a time, and what comes out is counted.
    """
    try:
        with zipfile.ZipFile(file) as packed:
            entries = packed.infolist()
            names = {each.filename for each in entries}
            if len(entries) > MOST_ENTRIES:
                raise ContentError(
                    "zip bomb", f"压缩炸弹 / a zip of {len(entries)} entries: an office document has at most {MOST_ENTRIES}"
                )
            total = 0
            for entry in entries:
                if entry.flag_bits & 1:
                    raise ContentError("encrypted", "加密的文件 / an encrypted zip: it cannot be looked into")
                for size in _unpacked(packed, entry):
                    total += size
                    if total > MOST_UNPACKED:
                        raise ContentError("zip bomb", f"压缩炸弹 / a zip bomb: more than {MOST_UNPACKED >> 20} MiB unpacked")
    except ContentError:
        raise
    except Exception as error:  # noqa: BLE001 - zipfile, zlib, lzma and bz2 each have errors of their own
        raise ContentError("broken zip", f"损坏的压缩包 / a zip that cannot be read: {type(error).__name__}") from None
    if "[Content_Types].xml" in names:
        for name, type_ in _OFFICE.items():
            if name in names:
                return type_
    return ""


def _unpacked(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[int]:
    """The sizes of an entry's pieces as they come out; ContentError where they are too many for what was packed."""
    most, out = max(entry.compress_size, 1) * MOST_RATIO + (1 << 16), 0
    with packed.open(entry) as unpacked:
        while piece := unpacked.read(1 << 16):
            out += len(piece)
            if out > most:
                raise ContentError(
                    "zip bomb", f"压缩炸弹 / a zip bomb: an entry is more than {MOST_RATIO} times larger than it is packed"
                )
            yield len(piece)
