"""Threads that send, so that no job process ever waits for somebody else's server.

A job hands a webhook to a thread of its process and is done. A thread that is lost with its process
leaves a claim that runs out; what is handed over when all are busy, a sweep hands over again.
"""

import logging
import threading

from django.db import connections

from crowd.wakeups import wake
from crowd.webhooks.delivering import deliver_due

log = logging.getLogger(__name__)

AT_ONCE = 8  # receivers that one process writes to

_in_hand: set[int] = set()
_lock = threading.Lock()


def hand_over(webhook_id: int) -> None:
    """Have what is due of this webhook sent. Returns at once."""
    with _lock:
        if webhook_id in _in_hand or len(_in_hand) >= AT_ONCE:
            return
        _in_hand.add(webhook_id)
    threading.Thread(target=_run, args=[webhook_id], name=f"sender-{webhook_id}", daemon=True).start()


def _run(webhook_id: int) -> None:
    more = False
    try:
        while more := deliver_due(webhook_id):
            if len(_in_hand) >= AT_ONCE:  # others may wait
                break
    except Exception:
        log.exception("Sending to webhook %s failed", webhook_id)
    finally:
        connections.close_all()  # this thread's own
        with _lock:
            _in_hand.discard(webhook_id)
    if more:
        wake("webhooks.deliver", webhook_id)
