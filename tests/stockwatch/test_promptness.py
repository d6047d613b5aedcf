"""What a worker does beside it does not hold an alert up."""

import gc
import sys

from celery.signals import worker_ready

from stockwatch.celery import SWITCH_INTERVAL
from stockwatch.garbage import YOUNG


def test_a_worker_that_is_ready_is_prompt(monkeypatch):
    before = gc.get_threshold(), sys.getswitchinterval()
    receivers = [one for one in worker_ready.receivers if "be_prompt" in repr(one[1]())]
    monkeypatch.setattr(worker_ready, "receivers", receivers)
    try:
        worker_ready.send(sender=None)
        assert gc.get_freeze_count() > 10_000, "what was loaded is passed over"
        assert gc.get_threshold()[0] == YOUNG
        assert sys.getswitchinterval() == SWITCH_INTERVAL
    finally:
        gc.unfreeze()
        gc.set_threshold(*before[0])
        sys.setswitchinterval(before[1])
