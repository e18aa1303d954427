"""Orders of an opened log on the screen: a line that was changed under its head gives way to the sealed one."""

from kafka.consumer.fetcher import ConsumerRecord
from msgspec.structs import replace

from agents.core.trail import OpenedLog
from screen.feed.believed.proofs import Proofs
from screen.feed.believed.sealed import Sealed
from screen.feed.fold import fold
from screen.feed.pending import Waiting
from screen.feed.slices.orders import Orders
from screen.feed.view import View
from streams.messages import MINUTE, OrderLine, Place, decode, encode
from tests.support.events import START, tick
from tests.support.orders import ordered
from tests.support.orders.ordered import LINE, ORDER
from tests.support.proofs.sealed import TOPIC, SealedLog
from tests.support.pure.view import NOW


def read(view: View, waiting: Waiting, log: SealedLog, topic: str, begin: int) -> View:
    """The view once a topic is read from an offset on."""
    for offset, value in enumerate(log.topics[topic][begin:], begin):
        waiting.add(topic, ConsumerRecord(f"live.{topic}", 0, -1, offset, NOW, 0, b"k%d" % offset, value, [], None, 0, 0, 0))
    return fold(view, waiting.taken())


def test_a_changed_line_gives_way_to_the_sealed_one() -> None:
    """It is shown while its seal may come; the next seal of the partition is over another one, which is shown again."""
    log, said = SealedLog(), list[str]()
    made = ordered.chain(
        OpenedLog(log.roots.logid), (ordered.order(Place(TOPIC, 0, 0)), "issue"), (ordered.line(Place(TOPIC, 0, 0)), "sent")
    )
    log.judge(tick(START))
    for outputs in made:
        log.write(outputs)
    log.seal()
    waiting = Waiting(lambda place, why: said.append(f"{place} {why}"), proofs=Proofs(log.roots.logid))
    view = View()
    for topic in ("keys", "orders", "order-audit", "seals"):
        view = read(view, waiting, log, topic, 0)
    true = decode(log.topics["orders"][1], OrderLine)
    assert view[Orders].lines_of(ORDER)["1"] == true
    assert view[Orders].shown("orders", LINE) == (true.rev, true.audit)
    log.topics["orders"].append(encode(replace(true, state="reported", unit="zz-mr", rev=true.rev + 1)))
    view = read(view, waiting, log, "orders", 2)
    log.judge(tick(START + MINUTE), tick(START + 61 * MINUTE))
    log.seal()
    view = read(view, waiting, log, "seals", 1)
    assert view[Orders].lines_of(ORDER)["1"] == true
    assert (view[Sealed].dropped, said) == (1, [])
