"""Be a zygote: `python -m doumen.engines.sandbox DESCRIPTOR ENTRY SCRATCH`."""

from __future__ import annotations

import gc
import importlib
import signal
import socket
import sys
import tempfile
from importlib.abc import MetaPathFinder
from pathlib import Path

from doumen.engines.sandbox.zygote import Serve, Zygote


class Shut(MetaPathFinder):
    """Lets nobody import pandas."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """Say that there is no pandas, and nothing about other modules."""
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def main(arguments: list[str]) -> None:
    """Import the entry once, then fork workers until the parent is gone.

    Arrow would import pandas at its first use, in each worker again (300 ms): it is shut out.
    SIGTERM ends it while it imports, when there is nothing to clean up yet, and is ignored then.

    Args:
        arguments: Descriptor of the socket, entry module, folder for temporary files.
    """
    descriptor, entry, scratch = arguments
    sys.meta_path.insert(0, Shut())
    control = socket.socket(fileno=int(descriptor))
    serve: Serve = importlib.import_module(entry).serve
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    Zygote(control, serve, Path(tempfile.mkdtemp(prefix="doumen-", dir=scratch))).run()


if __name__ == "__main__":
    main(sys.argv[1:])
