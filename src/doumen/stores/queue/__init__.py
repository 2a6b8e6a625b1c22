"""What waits to be done: jobs, and the leases under which workers do them."""

from __future__ import annotations

from doumen.stores.queue.queue import Queue

__all__ = ["Queue"]
