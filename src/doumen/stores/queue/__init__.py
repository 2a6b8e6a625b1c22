"""What waits to be done: jobs and leases, schedules that queue them, notices of what went wrong."""

from __future__ import annotations

from doumen.stores.queue.notices import Notices
from doumen.stores.queue.queue import Queue
from doumen.stores.queue.schedules import Conditions, Schedules

__all__ = ["Conditions", "Notices", "Queue", "Schedules"]
