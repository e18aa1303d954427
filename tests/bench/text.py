"""The words of `docs/measured/benchmarks.md`: what is measured, and how."""

PREFACE = """\
# Benchmarks

`make bench` has written this page and [benchmarks.json](benchmarks.json); do not edit them. The program is `tests/bench`."""

METHODS = {
    "throughput": (
        "Throughput",
        """\
All engines read the same log: 1,000,000 CloudEvents of 65 simulated cities (one seed each, `python -m fixtures city`,
from 04:00 on, the hours whose mix of facts is nearest to that of a whole day), 20,020 subjects with their
registrations first, a tick for each simulated minute in each of the 4 partitions of each of the 5 topics. Every fifth
city lives the lively scenario `day`, with limit breaks and bad input; the others are `calm`. The judging is the
project's own fold with the whole rule book, in one process, for every engine alike:

* **onescreen**: `python -m agents worker` with each `--domain` (what stands behind them, incidents, orders and signs, no peer
  judges; `ONESCREEN_SIGNS=0`);
  outputs awaited, a checkpoint of each partition every 5 s as a
  Kafka transaction, commits.
* **bytewax**: Kafka source, `key_on` the partition, `stateful_batch` with recovery on (all state as bytes into its
  SQLite store every 10 s, together with the source's offsets, which Bytewax keeps there and not in Kafka), Kafka
  sink.
* **quixstreams**: a StreamingDataFrame for each topic, `apply(stateful=True, expand=True)`, `to_topic`, commits every
  5 s (its default). The fold lives in memory; at the first tick after a commit interval what has changed goes into
  Quix's state (RocksDB with changelog topic).
* **faust**: stock Faust, one message each, a table (in memory with changelog topic) that takes the changed subject
  after each event, commits. It gets the first 30,000 events of 6 of the cities, because it is slow.
* **aiokafka** and **librdkafka** only read every record (offset, key, value): what the client itself allows.

Runs are interleaved: each run fills a new log, then the engines read it one after the other. An engine's time runs
from its first to its last quality record of a mark (the first and the last record of each partition are no JSON), by
the time at which the broker got them, so that starting up does not count; all wait for the same number of outputs,
which is that of one uninterrupted fold, and the outputs of the engines of one run must be byte for byte the same,
else the benchmark fails. The first mark is stamped when its batch is done, which is in an engine's favour by at most
one batch of each partition. The readers' time runs from their first request to the last record.""",
    ),
    "native": (
        "A native peer with the same rules",
        """\
Where we stand beside a program that is written for one set of rules in Java. `tests/bench/flink/few` is six rules of the
book for Flink, written by their definitions ([judges](../concepts/judges.md)) and not by our code: an hourly limit, a limit
with a delay, a burst, a flat line, a silence, a duty. It reads the log of the throughput: every CloudEvent whole, its payload
where a rule reads it; key, registration, lateness by the newest tick of its partition, second copies and conflicts of every
kind of fact; then it is keyed by subject, and ticks are the watermarks. Ours is the worker with these six rules alone, so
that most of its facts have no rule. Runs are interleaved, and their time is taken as above, by the marks.

Ours does more: every payload is decoded strictly and checked, whatever reads it; a fact of which nothing is judged is
counted, and told once a day; alerts carry their clause in its edition, evidence with SHA-256, and a revision whenever value
or severity changes; each step is an entry in a chain of hashes; rules are data that a log can change while it runs; a
checkpoint is a Kafka transaction. Flink writes a checkpoint every 5 s into files (its state is on the heap); positions and
state are exactly once, outputs at least once, as ours are. Its one JVM has, beside the tasks' threads (one for source and
reading, one for judging, twice as many with 2 threads), those of consumer, compiler and garbage collection: so processor
time is what compares, and events/s is what one gets on this machine, where the broker runs too. In a run as short as this
one the compiler is at work for a good part.

Processor time is user and system time of the whole process, less what starting up on a log of marks alone takes. Memory is
the largest resident set: of the JVM mostly the heap that it may take.

Alerts are compared by rule, subject, item and number of the occurrence: event time of the record that raised it, of the
record that ended it, and since when it was true. `disorder` is a log of its own, in which facts come late, ahead of their
time, twice, with other data, with bad values and before their registration, about the limits and at the edges of every
time. The nine that once differed there were traced: six hung on one second report that brought a value for a bad one, which the
peer then took for a conflict, and three on rows of equal values that began with a late reading, which ours left out.""",
    ),
    "delay": (
        "Delay from event to alert",
        """\
The same stream at a steady rate into a worker that knows all subjects, written by a process of its own; one of 140
events is an hour of ozone above its limit at a station of its own. The delay runs from the moment at which that event
is given to the Kafka client (its CreateTime) until a consumer has read its alert.""",
    ),
    "wall": (
        "Delay from event to wall",
        """\
Single events, each the first breach of a station, one after the other, with worker, screen and a headless Chromium on
the same machine. The wall's time is taken in the browser, in the frame in which the count of unacknowledged alerts
changes. The screen pushes at most five times a second.""",
    ),
    "growth": (
        "Growth of subjects",
        """\
All subjects are registered and judged; then a worker judges facts of all of them; then it is started once more. 1,000
subjects: three cities for three days; 100,000 and 1,000,000: 13 cities whose subjects are copied under other names,
for one hour, or for its first minutes. The mix of kinds differs, because hourly facts come at the beginning of an
hour. Memory is the resident set of the worker. A checkpoint's time is the pause between two pulses of a partition
beyond one second; in it lies the waiting for a batch in work. Recovery runs from the start of the process until it
holds all partitions with their state read back.""",
    ),
    "rules": (
        "Growth of rules",
        """\
The fold alone on the first events of the same stream, with rules added that do not concern them: processor time, the
median of three rounds.""",
    ),
    "workers": (
        "Two workers",
        """\
The rate of one and of two workers from the moment when all are ready on a full log until all is judged. Where they
and the broker share few cores, they cannot double. The second table is a steady stream of 1,000 events/s with a second
worker that comes and goes: how long the alerts of the slowest event waited that was written after each step and before the
next, in all and by partition. In it lies the start of a worker, which takes a core for seconds; of a killed one the group knows
after its session of six seconds.""",
    ),
    "alerts": (
        "Standing alerts and acts",
        """\
The fold alone with so many stations, each of which has alerts that stand: processor time of one more hour above the
limit, which revises them (value and evidence), beside a clean hour of stations without any; resident memory that an
alert adds. Acts: all alerts of as many stations are acknowledged at once; the rate runs from the first command given to
Kafka to the last entry of an audit trail at the broker, through one worker.""",
    ),
    "hj212": (
        "Devices of HJ 212",
        """\
Frames of real-time data of an air source, by the processor time of one process: read and made into events; and found in
the bytes of a connection, checked, known by register and password, decoded and answered, all but disk and socket. Then one
gateway with all devices connected, each of which sends a frame, waits for its answer and sends the next; and once more while
twenty others send noise and halves of frames as fast as they are let. The devices are simulated by one other process.""",
    ),
    "http": (
        "Posts over HTTP",
        """\
Four connections of one sender post batches of CloudEvents one after the other, each event new, with Kafka beside. An answer's
time runs from the first byte of a post to the last of its 202: by then all of it is on the disk (`fsync`). The senders are
threads of one other process on the same machine, which takes a good part of it where batches are small.""",
    ),
    "mqtt": (
        "Messages over MQTT",
        """\
Mosquitto with the profile that we ship holds messages that came while the gateway was away; from the moment when the gateway
is subscribed until the last of their events is in Kafka. Then one message after the other: from its publication until its event
is in Kafka, the broker's own acknowledgement between.""",
    ),
    "orders": (
        "Orders",
        """\
The fold of orders alone, as the worker runs it, with so many that are open: processor time of one more act, resident
memory that an order with one receiver adds, and the time in which a restart takes up a checkpoint of all. A press: one
order to 500 bodies (of a city made for it: Zhengzhou's office may not write to so many), and a signature of each after
it. A year: orders come to four partitions as evenly as a million of them in a year would; each is read, signed and
contacted within hours, answered, endorsed, verified and closed within days and filed after twenty, among the acts on the
others. The partitions are folded at once by as many processes as there are cores; from the processor time of all, the year of
a city is reckoned, not run: neither the reading of the archive nor the writing of outputs is in it. `cores` are as many as
the bar would need if there were as many partitions. The list: the screen's side of `/orders`, each question asked by a page
that has just been opened, so that all rows are looked through; `follow` is an open page's answer after one order has
changed. Its bar is the time that lies between two answers to a page anyway. The press: the whole way, with broker, worker,
clock and a screen with accounts; from before the press is sent until the line stands in what the receiver's own list is told,
one press after the other; then one press to 500 bodies, a place made for it, until the first, the middle and
the last have it.""",
    ),
    "oversight": (
        "Oversight",
        """\
The books of the oversight service with so many open orders of one receiver, half of them late, without Kafka and socket:
processor time of an event while the log is read for the first time (orders and lines), and of a line that changes later;
resident memory that an order adds; processor time of each question, up to the answer's bytes, nine times. Processor time of
a fact, of those events of the simulated cities that the service reads (of domains of which some measure counts facts), a
minute at a time. The snapshot is written little by little while the log is followed; to begin from it is to be the same
books again.""",
    ),
    "signs": (
        "Signs of the city",
        """\
Signs of the book again and again under other names; in each district one source of each kind, which sends as often as it owes:
judged with signs and without. What signs add: resident memory, with the stage; processor time of the tick that ends a minute,
in all partitions together, the median of the last thirty; and that of the stage, until its records are there. Then the fold of
the simulated cities with signs and without, by turns: of each 400 records the least time of four rounds counts.""",
    ),
    "judge": (
        "Judging without Kafka",
        """\
`python -m agents judge` on the same events as a file of JSON lines and as an archive, less the time on an empty file.
Per core: by processor seconds instead of the clock's. The fold alone has its records in memory already.""",
    ),
}
"""Title and method of each section, in the order of the page."""
