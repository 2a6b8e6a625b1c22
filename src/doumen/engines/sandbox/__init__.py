"""Locked worker processes: a zygote forks them, a pool hands each to one actor only.

`frames` and `arrow` are what both sides say; `zygote`, `confine` and `watch` run behind the wall,
`herd` and `pool` before it. What a worker does is the entry module's matter: `serve(channel)`.
"""

from doumen.engines.sandbox.frames import Channel, Closed, TooLarge
from doumen.engines.sandbox.pool import Pool, Worker

__all__ = ["Channel", "Closed", "Pool", "TooLarge", "Worker"]
