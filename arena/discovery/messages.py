"""What the window and a scanning child say to each other: one JSON document a line."""

from __future__ import annotations

import msgspec

from arena.orders import EnvironmentSource
from arena.records import AgentInfo, EnvironmentInfo, ForeignEnvironment, PluginFailure


class PlaceToScan(msgspec.Struct, frozen=True):
    """See `arena.discovery.folders.PluginPlace`."""

    path: str
    source: str


class ScanOrder(msgspec.Struct, frozen=True, tag="scan"):
    """Load these plugins one after another and report each."""

    places: tuple[PlaceToScan, ...]


class DescribeOrder(msgspec.Struct, frozen=True, tag="describe"):
    """Open this environment once, with these settings, and say what it is."""

    environment: EnvironmentSource
    source: str


class Started(msgspec.Struct, frozen=True, tag="started"):
    """From here on, what happens is the fault of the plugin at `path`."""

    path: str


class Report(msgspec.Struct, frozen=True, tag="report"):
    """What one plugin brings, under its own ids, and what is wrong with it.

    Attributes:
        foreign: what a library or package has in Gymnasium's or PettingZoo's registry.
    """

    path: str
    agents: tuple[AgentInfo, ...] = ()
    environments: tuple[EnvironmentInfo, ...] = ()
    failures: tuple[PluginFailure, ...] = ()
    foreign: tuple[ForeignEnvironment, ...] = ()


class Described(msgspec.Struct, frozen=True, tag="described"):
    """The answer to `DescribeOrder`."""

    environment: EnvironmentInfo


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The request was wrong; `nearest` are the known names like it, if the name was unknown."""

    message: str
    nearest: tuple[str, ...] | None = None
    unsupported: bool = False


class Broken(msgspec.Struct, frozen=True, tag="broken"):
    """The environment's own code failed."""

    failure: PluginFailure


Order = ScanOrder | DescribeOrder
Message = Started | Report | Described | Refused | Broken
