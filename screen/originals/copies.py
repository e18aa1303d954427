"""A picture as it is shown: drawn anew from the original, small, without position, maker or comment. It is kept nowhere.

The original alone is evidence; a copy is made at each look and is gone with its answer.
"""

from io import BytesIO
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_SIDE = 1_600
"""Pixels of the longer side; 本系统默认: what a desk's screen shows."""

MOST_PIXELS = 50_000_000
"""Pixels of an original of which a copy is made; 本系统默认: a telephone's camera of 50 megapixels."""

DRAWN = frozenset({"image/jpeg", "image/png", "image/webp"})
"""The types of which a copy can be made."""

QUALITY = 85
"""Of the copy's JPEG."""


class NoCopyError(ValueError):
    """No copy can be made of this file: why not."""


def copy_of(file: IO[bytes]) -> bytes:
    """A JPEG of at most MOST_SIDE pixels, with the picture alone; NoCopyError where the file holds none that can be drawn."""
    try:
        with Image.open(file, formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise NoCopyError(
                    f"图像过大，不作副本 / of {picture.width} × {picture.height} pixels no copy is made: at most {MOST_PIXELS}"
                )
            picture.draft("RGB", (MOST_SIDE, MOST_SIDE))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((MOST_SIDE, MOST_SIDE))
            drawn_over = upright.convert("RGBA")
            plain = Image.new("RGB", upright.size, "white")
            plain.paste(drawn_over, mask=drawn_over.getchannel("A"))
    except NoCopyError:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, MemoryError) as error:
        raise NoCopyError(f"图像无法绘出 / no picture can be drawn of it ({type(error).__name__}): take the original") from None
    drawn = BytesIO()
    plain.save(drawn, "JPEG", quality=QUALITY)
    return drawn.getvalue()
