"""Who sees what more if terms are signed, pure: values in, values out, nothing counted here.

`sight` says what terms show of a dataset; `gain` holds that against what is shown already, and
says which rows have to be counted; `links` finds what can be put together.
"""

from doumen.kits.policy.exposure.gain import Region, compare, counted, grows, regions
from doumen.kits.policy.exposure.links import links
from doumen.kits.policy.exposure.sight import granted, ruled

__all__ = [
    "Region",
    "compare",
    "counted",
    "granted",
    "grows",
    "links",
    "regions",
    "ruled",
]
