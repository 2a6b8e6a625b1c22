"""The lake that the settings of a node name: in its folder, or in a bucket."""

from __future__ import annotations

from pathlib import Path

from doumen.session.settings import MIB, Settings
from doumen.stores.lake import Lake
from doumen.stores.lake.bucket import Bucket


def lake_of(settings: Settings, folder: Path) -> Lake:
    """The lake of the node in `folder`; nothing is asked yet.

    Raises:
        Invalid: its address is none.
    """
    place, address = settings.lake_folder(folder), settings.bucket
    if address is None:
        return Lake(place)
    return Lake(Bucket(address, place, settings.lake_cache_mib * MIB))
