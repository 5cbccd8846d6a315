"""What the running configuration says about groups of credit control."""

from __future__ import annotations

from collections.abc import Iterable

from staros_cli.chassis.charging.credit import (
    CONTINUE,
    DEFAULT_GROUP,
    DIAMETER,
    HANDLING,
    INITIAL,
    TIMEOUT,
    UPDATE,
    CreditGroup,
    PeerChoice,
    Threshold,
    Unreachable,
)
from staros_cli.configuration.reading import Part, integer_of, number_in, option_of
from staros_cli.configuration.tree import Node

_MOST_CHOICES = 64
"""How many lines that choose servers count; those behind them are only kept."""
_UNITS = {"deciseconds": 10.0, "milliseconds": 1000.0}
_REALMS = ("realm", "peer-realm", "sec-peer-realm")


def groups(nodes: Iterable[Node]) -> dict[str, CreditGroup]:
    """The groups of credit control, by their names."""
    found = (_group(Part(node)) for node in nodes)
    return {group.name: group for group in found}


def name_of(part: Part) -> str:
    """The name of a group of credit control."""
    return DEFAULT_GROUP if part.name == "credit-control" else part.name


def _group(part: Part) -> CreditGroup:
    choices = [
        choice
        for words in part.lines("diameter peer-select peer")
        if (choice := _choice(words)) is not None
    ]
    return CreditGroup(
        name_of(part),
        part.value("mode", DIAMETER),
        part.value("diameter origin endpoint"),
        tuple(choices[:_MOST_CHOICES]),
        {
            request: " ".join(next(part.lines(f"failure-handling {request}"), [usual]))
            for request, usual in HANDLING.items()
        },
        {
            request: _unreachable(words)
            for request in (INITIAL, UPDATE)
            for words in part.lines(f"servers-unreachable {request}")
        },
        _timeout(part),
        part.number("quota validity-time", 0.0),
        _threshold(part, "volume"),
        _threshold(part, "time"),
        next(part.lines("diameter session failover"), None) is not None,
        next(part.lines("offline-session re-enable"), None) is not None,
    )


def _choice(words: list[str]) -> PeerChoice | None:
    """A line that chooses servers, from the name of the first on."""
    if not words:
        return None
    by = next((kind for kind in ("imsi", "msisdn") if f"{kind}-based" in words), "")
    servers = words[: words.index(f"{by}-based")] if by else words
    rest = words[len(servers) + 1 :]
    place = servers.index("secondary-peer") if "secondary-peer" in servers else len(servers)
    side = next((word for word in rest if word in ("prefix", "suffix")), "")
    digits = [word for word in rest if word.isdecimal()]
    return PeerChoice(
        servers[0],
        _realm(servers[:place]),
        option_of(servers, "secondary-peer"),
        _realm(servers[place:]),
        by,
        side,
        digits[0] if digits else "",
        digits[-1] if digits else "",
    )


def _realm(words: list[str]) -> str:
    return next((found for word in _REALMS if (found := option_of(words, word))), "")


def _unreachable(words: list[str]) -> Unreachable:
    return Unreachable(
        words[:1] == [CONTINUE],
        float(integer_of(words, "after-interim-time", 0)),
        float(integer_of(words, "after-interim-volume", 0)),
        integer_of(words, "server-retries", 0),
    )


def _timeout(part: Part) -> float:
    """Seconds that an update may take: the time for it, else that for all requests."""
    lines = {words[-1]: words for words in part.lines("diameter pending-timeout") if words}
    words = lines.get("ccr-update") or lines.get("any") or next(iter(lines.values()), [])
    if not words:
        return TIMEOUT
    unit = next((factor for word, factor in _UNITS.items() if word in words), 1.0)
    return max(0.1, float(number_in(words[0], TIMEOUT * unit)) / unit)


def _threshold(part: Part, kind: str) -> Threshold:
    words = next(part.lines(f"quota {kind}-threshold"), [])
    if words[:1] == ["percent"]:
        return Threshold(percent=float(integer_of(words, "percent", 0)))
    return Threshold(float(number_in(words[0], 0))) if words else Threshold()
