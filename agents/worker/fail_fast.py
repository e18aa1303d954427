"""The loud stop. A worker that cannot judge, publish or save must not take one step more: no handler, no flush, no commit."""

import logging
import os
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import NoReturn, ParamSpec, TypeVar

from aiokafka.errors import ProducerFenced

from streams.command import Trouble
from streams.signing.verify import MissingSuiteError

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

FENCED = "another worker has taken a partition of this one, which was frozen or cut off: starting again"


def stop_now(error: BaseException) -> NoReturn:
    """End this process now with exit code 1 and say why; a supervisor starts it again at its last checkpoint.

    Faust would acknowledge the batch and go on behind it; a clean stop would pass through code that commits.
    """
    if isinstance(error, ProducerFenced):
        log.critical(FENCED)
    elif isinstance(error, Trouble | MissingSuiteError):
        log.critical(str(error))
    else:
        log.critical("stopped by an error; nothing since the last checkpoint is remembered", exc_info=error)
    logging.shutdown()
    os._exit(1)


def fail_fast(work: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """An async function whose every error stops the process, whoever awaits it."""

    @wraps(work)
    async def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await work(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody may go on behind it
            stop_now(error)

    return guarded
