"""What a file is its bytes say: the few types that are taken, files that lie, and zips that are made to burst."""

import io
import zipfile

import pytest

from streams.originals import content
from streams.originals.content import ContentError, content_of, end_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def zipped(names: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    """A zip of these entries."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as packed:
        for name, value in names.items():
            packed.writestr(name, value)
    return made


BEGINS = {
    "image/jpeg": b"\xff\xd8\xff\xe1\x00\x10Exif",
    "image/png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "image/webp": b"RIFF\x24\x00\x00\x00WEBPVP8 ",
    "image/heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00",
    "application/pdf": b"%PDF-1.7\n",
    "video/mp4": b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00",
    "audio/wav": b"RIFF\x24\x00\x00\x00WAVEfmt ",
}


@pytest.mark.parametrize("type_", BEGINS)
def test_types_by_their_signatures(type_: str) -> None:
    """The first bytes that each format's specification gives."""
    assert content_of(io.BytesIO(BEGINS[type_])).type == type_


def test_office_documents_are_zips_with_their_part() -> None:
    """ISO/IEC 29500-2: `[Content_Types].xml`, and the part of the program; of any other zip nothing is taken."""
    assert content_of(zipped({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<w/>"})).type == DOCX
    assert end_of(DOCX) == "docx"
    with pytest.raises(ContentError, match="by its content"):
        content_of(zipped({"a.txt": b"text"}))


@pytest.mark.parametrize(
    "value", [b"", b"MZ\x90\x00", b"\x7fELF", b"<html><script>", b"<svg onload=1>", b"#!/bin/sh", b"plain"]
)
def test_what_is_none_of_them_is_not_taken(value: bytes) -> None:
    """Programs, pages, drawings with scripts, text: whatever they are called."""
    with pytest.raises(ContentError):
        content_of(io.BytesIO(value), "image/jpeg")


def test_a_file_that_lies_is_told() -> None:
    """A PDF that says it is a picture is taken as what it is, and that is said; the truth is not told."""
    found = content_of(io.BytesIO(BEGINS["application/pdf"]), "image/jpeg; name=../../x")
    assert found.type == "application/pdf"
    assert found.told == "said to be 'image/jpeg', but is application/pdf by its content"
    assert content_of(io.BytesIO(BEGINS["image/png"]), "image/png").told == ""


def test_zip_bombs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the ratio of an entry, by what all come to, by their number; what the directory claims is not believed."""
    named = {"[Content_Types].xml": b"<a/>", "word/document.xml": b"\0" * (64 << 20)}
    with pytest.raises(ContentError, match="zip bomb"):
        content_of(zipped(named))
    monkeypatch.setattr(content, "MOST_UNPACKED", 1_000)
    with pytest.raises(ContentError, match="zip bomb"):
        content_of(zipped(dict.fromkeys("abc", b"x" * 500), zipfile.ZIP_STORED))
    monkeypatch.setattr(content, "MOST_ENTRIES", 2)
    with pytest.raises(ContentError, match="3 entries"):
        content_of(zipped(dict.fromkeys("abc", b"")))


def test_a_size_that_the_directory_lies_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry that says it unpacks to one byte and comes to a million is refused as it comes out."""
    made = zipped({"[Content_Types].xml": b"\0" * 1_000_000}).getvalue()
    lied = made.replace((1_000_000).to_bytes(4, "little"), (1).to_bytes(4, "little"))
    with pytest.raises(ContentError):
        content_of(io.BytesIO(lied))


@pytest.mark.parametrize("cut", [10, 30, 60, 100])
def test_a_broken_zip_is_refused(cut: int) -> None:
    """Whatever is missing of it."""
    with pytest.raises(ContentError):
        content_of(io.BytesIO(zipped({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<w/>"}).getvalue()[:cut]))
