"""What the running configuration says about congestion."""

from __future__ import annotations

from staros_cli.chassis.congestion import DEFAULTS, CongestionSettings
from staros_cli.configuration.reading import Part, number_in
from staros_cli.configuration.tree import Node

_THRESHOLD, _POLICY = "congestion-control threshold", "congestion-control policy"


def read(root: Node) -> CongestionSettings:
    """Whether something is done about congestion, from when on, and what."""
    part = Part(root)
    thresholds = {
        words[0]: int(number_in(words[1], DEFAULTS[words[0]]))
        for words in part.lines(_THRESHOLD)
        if len(words) == 2 and words[0] in DEFAULTS
    }
    policies = {
        words[0].removesuffix("-service"): words[2]
        for words in part.lines(_POLICY)
        if len(words) >= 3 and words[1] == "action"
    }
    enabled = any(not words for words in part.lines("congestion-control"))
    return CongestionSettings(enabled, thresholds, policies)
