"""Layouts about DNS clients."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.chassis.dns import TYPES, Answer, Cached, DnsCounts
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Column, Fields, Lines, Rows, Screen, Table, screen

FAILED = "Query Failed"


@layout(
    "show dns-client query",
    "chosen",
    "Labels as remembered. Hosts that the context names and Diameter peers have answers.",
)
def answer(name: str, kind: str, found: Answer) -> Lines:
    """The answer to a question."""
    if not found.addresses:
        return Lines([FAILED], {"query_name": name, "query_type": kind, "addresses": []})
    lines = [
        f"Query Name:  {name}",
        f"Query Type:  {kind:<12}TTL: {found.ttl} seconds",
        "Answer:",
        *(f"  IP Address: {address}" for address in found.addresses),
    ]
    addresses = list(found.addresses)
    return Lines(
        lines, {"query_name": name, "query_type": kind, "ttl": found.ttl, "addresses": addresses}
    )


_Row = tuple[str, Cached, float]
_CACHE = Table[_Row](
    Column("Client", 16, lambda row: row[0]),
    Column("Query Name", 40, lambda row: row[1].name),
    Column("Type", 5, lambda row: row[1].kind),
    Column("TTL", 6, lambda row: int(row[1].until - row[2]), right=True),
    Column("Answer", 20, lambda row: ", ".join(row[1].addresses) or "-"),
)


@layout("show dns-client cache", "chosen", "No device was seen to print it.")
def cache(found: Sequence[tuple[str, Cached]], now: float) -> Rows:
    """The answers that clients remember, with the seconds that they still hold."""
    return _CACHE.of([(client, one, now) for client, one in found])


_Counted = tuple[str, int, int, int]
_COUNTS = Table[_Counted](
    Column("Query Type", 12, lambda row: row[0]),
    Column("Attempts", 10, lambda row: row[1], right=True),
    Column("Successes", 10, lambda row: row[2], right=True),
    Column("Failures", 10, lambda row: row[3], right=True),
)


@layout("show dns-client statistics", "chosen", "Labels as remembered, columns chosen.")
def statistics(counts: DnsCounts, servers: Sequence[str]) -> Screen:
    """How often a client was asked, what its cache had, and how often it asked servers."""
    usage = [
        (kind, counts.asked[kind], counts.asked[kind] - counts.failed[kind], counts.failed[kind])
        for kind in TYPES
    ]
    lookups = counts.hits + counts.negative_hits + counts.misses
    ratio = 100 * (counts.hits + counts.negative_hits) / lookups if lookups else 0.0
    used = Fields(
        (
            ("Total Lookups", lookups),
            ("Cache Hits (Positive Response)", counts.hits),
            ("Cache Hits (Negative Response)", counts.negative_hits),
            ("Not Found in Cache", counts.misses),
            ("Hit Ratio", f"{ratio:.2f}%"),
        ),
        "DNS Cache Statistics:",
        width=31,
        between=": ",
    )
    return screen(
        "DNS Usage Statistics:", _COUNTS.of(usage), "", used, "", *_resolver(counts, servers)
    )


def _resolver(counts: DnsCounts, servers: Sequence[str]) -> list[Fields | Rows | str]:
    """What was asked of servers, the configured ones in their order."""
    parts: list[Fields | Rows | str] = ["DNS Resolver Statistics:"]
    titles = ("Primary Name Server", "Secondary Name Server")
    for number, server in enumerate(servers):
        title = titles[number] if number < len(titles) else f"Name Server {number + 1}"
        rows = []
        for kind in TYPES:
            sent, answered = counts.sent[server, kind], counts.answered[server, kind]
            rows.append((kind, sent, answered, sent - answered))
        parts += [f"  {title}: {server}", _COUNTS.of(rows)]
    total = Fields(
        (
            ("Total Resolver Queries", counts.sent.total()),
            ("Successful Queries", counts.answered.total() - counts.not_found),
            ("Query Timeouts", counts.timeouts),
            ("Domain Not Found", counts.not_found),
            ("Connection Refused", 0),
            ("Other Failures", 0),
        ),
        width=31,
        between=": ",
    )
    return [*parts, total]
