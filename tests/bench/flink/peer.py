"""Flink and the peer's program: jars from Maven Central through jgo, checked against the lock, and javac of a JDK."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

from streams.kafka.jars import classpath, read_lock, relock
from tests.bench.flink.few_book import write_grounds
from tests.bench.workload import FOLDER

JAVA, JAVAC = shutil.which("java"), shutil.which("javac")
"""A JDK of 17 or later; where there is none the peer is left out. The Java of the embedded broker has no compiler."""

HERE = Path(__file__).parent
LOCK = HERE / "jars.sha256"
"""The lock, as `streams/kafka/jars.sha256` is one; `python -m tests.bench.flink.peer > FILE` resolves it anew."""

FLINK, CONNECTOR = "2.1.0", "5.0.0-2.1"
NEEDED = (
    f"org.apache.flink:flink-streaming-java:{FLINK}",
    f"org.apache.flink:flink-clients:{FLINK}",
    f"org.apache.flink:flink-connector-base:{FLINK}",
    f"org.apache.flink:flink-connector-kafka:{CONNECTOR}",
)

HEAP = "1g"
"""The most that the heap may take: enough for the state many times over, and bounded so that memory says something."""

_OPENED = ("java.lang", "java.lang.invoke", "java.util", "java.util.concurrent", "java.nio", "java.net", "java.time", "java.io")


def command(parallelism: int) -> list[str]:
    """The peer's process: one JVM with Flink's mini-cluster in it, so many tasks of each operator side by side."""
    classes, grounds = _classes(), FOLDER / "flink" / "grounds.json"
    write_grounds(grounds)
    opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED]
    return [JAVA or "java", f"-Xmx{HEAP}", *opened, "-cp", classes, "few.FewRules", str(parallelism), str(grounds)]


def _classes() -> str:
    """The class path, with the program compiled where its text or Flink is another one than before."""
    jars = [str(jar) for jar in classpath(FOLDER / "flink", wanted=read_lock(LOCK))]
    sources = sorted((HERE / "few").glob("*.java"))
    text = b"".join(source.read_bytes() for source in sources) + LOCK.read_bytes()
    into = FOLDER / "flink" / f"classes-{blake2b(text, digest_size=6).hexdigest()}"
    if not into.exists():
        making = into.with_suffix(".part")
        subprocess.run([JAVAC or "javac", "-nowarn", "-cp", ":".join(jars), "-d", making, *sources], check=True)
        making.rename(into)
    return ":".join([str(into), *jars])


def versions() -> Mapping[str, str]:
    """What the page names."""
    return {"Flink": FLINK, "flink-connector-kafka": CONNECTOR}


if __name__ == "__main__":
    sys.stdout.writelines(relock(NEEDED))
