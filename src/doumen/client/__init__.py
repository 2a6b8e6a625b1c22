"""A node that is reached over the network, in the shape of the SDK's session.

`remote` asks operations of a service and raises its problems as the errors they were; `answer`
reads a streamed answer batch by batch. `doumen.connect(url, token)` opens one.
"""

from doumen.client.answer import RemoteAnswer
from doumen.client.remote import Remote

__all__ = ["Remote", "RemoteAnswer"]
