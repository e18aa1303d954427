"""What an archive keeps of a file that was deleted past its ceiling: which one, its digest, and why. Its manifest stays too.

Deletion goes from the oldest file of a partition on, so that what is left follows on without a gap. `<first>-<last>.expired` is
written first, and durably: a process that is killed leaves the file beside it, and the next run deletes it.
"""

from hashlib import sha256
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
from msgspec import Struct

from streams.archive.files import whole
from streams.archive.manifests import MANIFEST, SALT
from streams.command import Trouble
from streams.durable import sync_folder
from streams.messages import tick_of

EXPIRED = ".expired"


class Expired(Struct, frozen=True, kw_only=True):
    """A file that is no more. `file`: `<topic>/<partition>/<first>-<last>`; `rows`, `size`, SHA-256 `digest` of it.

    `newest`: the time of its newest record (ms); `days`: the ceiling, by `law`; `at`: when it was deleted (ms). `manifest`: the
    SHA-256 of the manifest that stays beside this, empty in a log that was never opened. `proposal`: by which two persons;
    `handed`: the document of the hand-over to the public archive, where the law asks for one.
    """

    file: str
    rows: int
    size: int
    digest: str
    newest: int
    days: int
    law: str
    at: int
    manifest: str = ""
    proposal: str = ""
    handed: str = ""


def newest_time(path: Path) -> int:
    """The time (ms) of the newest record of a file: by the broker's stamps and by the log's ticks, whichever is later.

    Trouble where the file cannot be read.
    """
    try:
        table = pq.read_table(path, columns=["timestamp", "value"])
    except (OSError, ValueError) as error:
        raise Trouble(f"the archive's file {path} cannot be read: {error}") from None
    ticks = filter(None, map(tick_of, filter(None, table.column("value").to_pylist())))
    return max((*table.column("timestamp").to_pylist(), *ticks), default=0)


def expire(path: Path, newest: int, days: int, law: str, at: int, proposal: str, handed: str) -> Expired:
    """Delete a file and its own key; what is left says which it was. Trouble where the disk does not let it."""
    data, manifest = path.read_bytes(), path.with_suffix(MANIFEST)
    told = Expired(
        file="/".join((*path.parts[-3:-1], path.stem)),
        rows=pq.read_metadata(path).num_rows,
        size=len(data),
        digest=sha256(data).hexdigest(),
        newest=newest,
        days=days,
        law=law,
        at=at,
        manifest=sha256(manifest.read_bytes()).hexdigest() if manifest.exists() else "",
        proposal=proposal,
        handed=handed,
    )
    with whole(path.with_suffix(EXPIRED)) as file:
        file.write(msgspec.json.encode(told))
    path.unlink()
    path.with_suffix(SALT).unlink(missing_ok=True)
    sync_folder(path.parent)
    return told


def read_expired(root: Path, name: str) -> Expired | None:
    """What is left of a file of this name; None where it was not deleted so, or that cannot be read."""
    try:
        return msgspec.json.decode((root / f"{name}{EXPIRED}").read_bytes(), type=Expired)
    except (OSError, msgspec.DecodeError):
        return None
