"""A lake in a bucket of an S3-compatible store, read by a cache of immutable files.

`address` is the one setting, `store` asks the bucket, `cache` is the folder of this machine, and
`bucket` brings them together as a `Place`.
"""

from doumen.stores.lake.bucket.address import SCHEME, Address
from doumen.stores.lake.bucket.bucket import Bucket

__all__ = ["SCHEME", "Address", "Bucket"]
