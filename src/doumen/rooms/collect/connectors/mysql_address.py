"""Where a database of MySQL or MariaDB is: what a user writes, and how TLS is spoken with it."""

from __future__ import annotations

import ssl

from pydantic import Field as Written

from doumen.rooms.collect.connectors.server import Server


class Options(Server):
    """What a user writes."""

    port: int = Written(default=3306, ge=1, le=65535)


def context(options: Options) -> ssl.SSLContext:
    """How TLS is spoken where it is asked for.

    As with libpq, who names authorities for `require` has the certificate held against them.

    Raises:
        OSError: the file of the authorities cannot be read.
    """
    made = ssl.create_default_context(cafile=options.sslrootcert)
    made.verify_flags &= ~ssl.VERIFY_X509_STRICT  # what MySQL makes for itself breaks RFC 5280
    made.check_hostname = options.tls == "verify-full"
    if options.tls == "require" and options.sslrootcert is None:
        made.verify_mode = ssl.CERT_NONE
    return made
