"""The loud stop. A worker that cannot judge, publish or save must not take one step more: no handler, no flush, no commit."""

import logging
import os
from asyncio import Task
from typing import Any, NoReturn

from aiokafka.errors import ProducerFenced

log = logging.getLogger(__name__)

FENCED = "another worker has taken a partition of this one, which was frozen or cut off: starting again"


def halt(error: BaseException) -> NoReturn:
    """End this process now with exit code 1 and say why; a supervisor starts it again at its last checkpoint.

    Faust would acknowledge the batch and go on behind it; a clean stop would pass through code that commits.
    """
    if isinstance(error, ProducerFenced):
        log.critical(FENCED)
    else:
        log.critical("stopped by an error; nothing since the last checkpoint is remembered", exc_info=error)
    logging.shutdown()
    os._exit(1)


def halt_if_failed(task: Task[Any]) -> None:
    """For `task.add_done_callback`: a background task that failed stops the process."""
    if not task.cancelled() and (error := task.exception()):
        halt(error)
