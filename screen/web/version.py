"""Which version of the screen this is: a page that was drawn by another one draws itself anew."""

from functools import cache
from hashlib import blake2s
from pathlib import Path

from screen.wall.picture import BASE
from streams import places

HERE = Path(__file__).parents[1]
KINDS = frozenset({".py", ".js", ".css", ".toml", ".svg", ".geojson"})


@cache
def version(root: Path = HERE) -> str:
    """BLAKE2s-64 (hex) over the names and bytes of all that a page is made of, and of the place that it shows."""
    files = sorted(path for path in root.rglob("*") if path.suffix in KINDS)
    digest = blake2s(places.here().encode() + places.city_map()[1].read_bytes(), digest_size=8)
    for path in files:
        digest.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def versioned() -> str:
    """Where a page finds the files of this version: an address whose files never change, so that a browser need not ask again.

    Modules and sheets name one another relative to themselves: whoever takes one from here takes all of one version.
    """
    return f"{BASE}/{version()}"
