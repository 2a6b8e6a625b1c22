"""The verb `demo`: a node with the invented city in it, a link into it, and its service."""

from __future__ import annotations

import socket
import sys
import threading
import time
import webbrowser
from contextvars import copy_context
from pathlib import Path

from doumen.faces.demo.days import Step, steps
from doumen.faces.demo.outside import put
from doumen.faces.web import serve
from doumen.model.errors import Conflict, Unavailable
from doumen.model.files import reason
from doumen.model.message import LISTENER, Message, msg, plain
from doumen.model.operation import Outcome
from doumen.model.plan import Progress
from doumen.session import Node, create
from doumen.session import settings as config

NAME = "陡门市数据局 Doumen City Data Bureau"
HOST = "127.0.0.1"
PATIENCE = 60
"""Seconds for the service to come up."""
OUTSIDE = "outside"
"""Folder in that of the node where the files of the city lie, as if others had them."""


def demo(
    directory: Path | None = None,
    *,
    port: int = 8470,
    open: bool = False,
    no_serve: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Make the city, or go on where it was left, and serve it until stopped.

    Args:
        directory: Folder of the node; `doumen-demo` where none is given.
        port: Where it is served.
        open: Open the link in the browser of this machine.
        no_serve: Make the city only.
        progress: Told before each step.

    Raises:
        Conflict: the folder holds another node, or other files.
        Unavailable: something else listens at the port.
        DoumenError: as `init` and `serve` raise.
    """
    if not no_serve:
        _free(port)
    directory = (directory or Path("doumen-demo")).resolve()
    outside = directory / OUTSIDE
    address = f"http://{HOST}:{port}"
    if (directory / config.FILE).exists() and not outside.exists():
        raise Conflict(
            msg("`{folder}` is a node that is no demonstration.", folder=directory.name),
            next=plain("doumen demo another-folder"),
            detail="demo",
        )
    outside.parent.mkdir(parents=True, exist_ok=True)
    put(outside)  # before there is a node: one without it is somebody else's
    if not (directory / config.FILE).exists():
        create(directory, NAME, address=address)
    with Node.open(directory) as node:
        owner = node.session()
        every = list(steps(owner, outside))
        for number, step in enumerate(every):
            if progress is not None:
                progress(number / len(every), step.doing)
            if not step.done():
                _do(step)
        url = owner.do("session link", endpoint=address).json["url"]
        count = len(owner.do("dataset list").json["datasets"])
    told = {"folder": str(directory), "datasets": count, "url": url}
    if no_serve:
        return Outcome(json=told, said=(_told(directory, count),))
    _say(_told(directory, count))
    leading = copy_context()
    threading.Thread(target=leading.run, args=(_led, port, url, open), daemon=True).start()
    stopped = serve.serve(directory, port=port, log_level="warning")
    return Outcome(json={**told, **stopped.json}, said=stopped.said)


def _do(step: Step) -> None:
    """Do a step.

    Raises:
        Unavailable: it says that it failed.
    """
    outcome = step.do()
    if isinstance(outcome, Outcome) and outcome.exit:
        raise Unavailable(
            msg("The city could not be made: {doing}.", doing=step.doing),
            why=outcome.said[0] if outcome.said else None,
            detail="demo",
        )


def _told(directory: Path, count: int) -> Message:
    return msg("An invented city is in `{folder}`: {count} datasets, none of them true.",
               folder=directory.name, count=count)  # fmt: skip


def _free(port: int) -> None:
    """See that nobody listens at a port.

    Raises:
        Unavailable: somebody does.
    """
    try:
        socket.create_server((HOST, port)).close()
    except OSError as error:
        raise Unavailable(
            msg("The service could not start on {place}.", place=f"{HOST}:{port}"),
            why=reason(error),
            next=msg("Choose another --port."),
            detail="listen",
        ) from None


def _led(port: int, url: str, open: bool) -> None:
    """Tell the link once the service answers."""
    for _ in range(PATIENCE * 10):
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            _say(msg("Open this link within ten minutes, once; Ctrl+C stops the service:"))
            _say(plain(f"\n    {url}\n"))
            if open:
                webbrowser.open(url)
            return


def _say(said: Message) -> None:
    """A line to whoever waits while the service runs."""
    print(said.into(LISTENER.get()), file=sys.stderr, flush=True)
