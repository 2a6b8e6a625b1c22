"""The data: Parquet files registered in Delta tables, one per dataset (`lake`).

`delta` speaks to the Delta log, `types` says which types a table can hold.
"""

from doumen.stores.lake.footer import fits
from doumen.stores.lake.lake import Lake
from doumen.stores.lake.types import storable

__all__ = ["Lake", "fits", "storable"]
