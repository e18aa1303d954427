"""How a service of which there is one a log knows that another one has been started."""

import pytest
from kafka.errors import InvalidProducerEpochError, KafkaError, KafkaTimeoutError, ProducerFencedError
from kafka.producer.transaction_manager import TransactionManager

from streams.kafka import clients


@pytest.mark.parametrize("kind", [ProducerFencedError, InvalidProducerEpochError])
def test_a_producer_that_is_fenced_is_known_by_whatever_call_says_so(kind: type[KafkaError]) -> None:
    """Kafka's answer itself, and what kafka-python raises at the next call once it has had that answer in the background."""
    manager = TransactionManager(transactional_id="x")
    manager.transition_to_fatal_error(kind())
    with pytest.raises(KafkaError) as raised:
        manager.begin_transaction()
    assert type(raised.value) is KafkaError
    assert clients.is_fenced(raised.value)
    assert clients.is_fenced(kind())


def test_other_errors_are_no_fencing() -> None:
    """A broker that does not answer is not another worker."""
    assert not clients.is_fenced(KafkaTimeoutError("no answer"))
