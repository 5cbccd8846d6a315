"""Changes of peers, by which they notify the chassis."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct


class PathFailed(Struct, frozen=True):
    """A path of GTP failed: the calls of these rows end, with the name of the reason."""

    rows: Sequence[int]
    reason: str


class PeersChanged(Struct, frozen=True):
    """A peer counts as down or as up again: calls that waited for it may be possible."""
