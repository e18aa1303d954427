"""The jars of Apache Kafka: fetched once from Maven Central through jgo, checked against the committed lock at every start.

`jars.sha256` is the lock: one jar a line, SHA-256 and Maven coordinate. `python -m streams.kafka.jars > FILE` resolves it
anew; that is how a new version of Kafka is taken in.
"""

import fcntl
import hashlib
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests
from jgo.constants import MAVEN_CENTRAL_URL
from jgo.maven import MavenContext
from jgo.parse import Coordinate
from rich.console import Console
from rich.progress import track
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_delay, wait_exponential_jitter

from streams.command import Trouble

KAFKA = "org.apache.kafka:kafka_2.13:4.4.0"
"""What is run. Its POM names everything it needs but a logger."""

LOGGER = "org.apache.logging.log4j:log4j-slf4j-impl:2.25.5"
"""Takes the broker's log (slf4j 1.7) to the log4j that Kafka 4.4.0 brings. Resolved alone: beside Kafka, its own
dependency management would pull Kafka's jars down to other versions."""

LOCK = Path(__file__).with_name("jars.sha256")
FETCHERS = 8
PATIENCE = 120.0
"""How many seconds a network that does not answer is asked again: names fail for some seconds now and then."""


def lock() -> dict[str, str]:
    """The committed lock: SHA-256 (hex) by Maven coordinate."""
    return read_lock(LOCK)


def read_lock(path: Path) -> dict[str, str]:
    """What a lock file says: SHA-256 (hex) by Maven coordinate."""
    return {coordinate: digest for digest, coordinate in map(str.split, path.read_text("ascii").splitlines())}


def classpath(
    cache: Path,
    wanted: Mapping[str, str] | None = None,
    repository: str = MAVEN_CENTRAL_URL,
    patience: float = PATIENCE,
) -> list[Path]:
    """All jars of the lock, every one with the right SHA-256; what is missing or damaged in `cache/jars` is fetched.

    One process fetches, others that need the same cache wait for it. A network that does not answer is asked again for
    `patience` seconds. Trouble where it stays away, a download is broken or the disk is full.
    """
    wanted = lock() if wanted is None else wanted
    folder = cache / "jars"
    paths = {coordinate: folder / _filename(coordinate) for coordinate in wanted}
    if _missing(paths, wanted):
        folder.mkdir(parents=True, exist_ok=True)
        with (cache / "jars.lock").open("wb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            if missing := _missing(paths, wanted):
                _fetch(missing, wanted, repository, patience)
    return list(paths.values())


def _missing(paths: Mapping[str, Path], wanted: Mapping[str, str]) -> dict[str, Path]:
    return {coordinate: path for coordinate, path in paths.items() if _sha256(path) != wanted[coordinate]}


def _filename(coordinate: str) -> str:
    _, artifact, version = coordinate.split(":")
    return f"{artifact}-{version}.jar"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _fetch(missing: Mapping[str, Path], wanted: Mapping[str, str], repository: str, patience: float) -> None:
    """Fetch into a folder of our own beside the jars, check, then move: an interrupted fetch harms nothing."""
    folder = next(iter(missing.values())).parent
    with tempfile.TemporaryDirectory(dir=folder, prefix="fetch-") as place, ThreadPoolExecutor(FETCHERS) as pool:
        context = MavenContext(repo_cache=Path(place), remote_repos={"central": repository}, timeout=30)
        fetched = pool.map(lambda coordinate: _download(context, coordinate, patience), missing)
        for coordinate, jar in zip(missing, _shown(fetched, len(missing)), strict=True):
            _check(coordinate, jar, wanted[coordinate])
            jar.replace(missing[coordinate])


def _shown(fetched: Any, total: int) -> Any:
    console = Console(stderr=True)
    return track(fetched, "fetching Apache Kafka", total, console=console, disable=not console.is_terminal)


def _download(context: MavenContext, coordinate: str, patience: float) -> Path:
    group, artifact, version = coordinate.split(":")
    wanted = context.project(group, artifact).at_version(version).artifact()

    def again(state: RetryCallState) -> None:
        if wanted.cached_path is not None:
            wanted.cached_path.unlink(missing_ok=True)  # jgo would take half a jar for a whole one
        if state.attempt_number == 1:
            sys.stderr.write(f"kafka: Maven Central does not answer for {coordinate}; it is asked again for {patience:g} s\n")

    asking = Retrying(
        retry=retry_if_exception_type(requests.RequestException),
        wait=wait_exponential_jitter(multiplier=0.5, max=8),
        stop=stop_after_delay(patience),
        before_sleep=again,
        reraise=True,
    )
    try:
        jar: Path = asking(wanted.resolve)
    except requests.RequestException as error:
        raise Trouble(
            f"cannot fetch {coordinate} from Maven Central ({type(error).__name__}): the first start needs the network. "
            "Connect this machine (HTTPS_PROXY is obeyed), or copy the folder cache/jars from a machine that has it"
        ) from error
    except RuntimeError as error:  # jgo's word for an answer other than 200
        raise Trouble(f"Maven Central has no {coordinate}: {error}. Check the network's proxy, then start again") from error
    return jar


def _check(coordinate: str, jar: Path, digest: str) -> None:
    if (found := _sha256(jar)) != digest:
        raise Trouble(
            f"the download of {coordinate} is broken: SHA-256 {found}, not {digest} as in {LOCK.name}; nothing of it was kept. "
            "Start again; if it stays so, something between here and Maven Central changes files"
        )


def relock(coordinates: Sequence[str], alone: Sequence[str] = ()) -> Iterator[str]:
    """The lines of a lock: of the jars of these coordinates with all that they need, and of those that are taken alone."""
    with tempfile.TemporaryDirectory() as place:
        context = MavenContext(repo_cache=Path(place))
        whole, single = (
            [context.create_dependency(Coordinate.parse(each)) for each in given] for given in (coordinates, alone)
        )
        _, needed = context.resolver.resolve(whole)
        for artifact in sorted({part.artifact for part in (*whole, *needed, *single)}, key=str):
            coordinate = f"{artifact.groupId}:{artifact.artifactId}:{artifact.version}"
            yield f"{_sha256(artifact.resolve())}  {coordinate}\n"


if __name__ == "__main__":
    sys.stdout.writelines(relock([KAFKA], [LOGGER]))
