"""Other nodes over HTTPS: `connect` judges addresses and opens lines, `reach` sends and takes."""

from doumen.engines.peers.reach import Reachable

__all__ = ["Reachable"]
