"""Lines that were imported may hold anything: what reads the configuration takes them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.configuration import (
    dns,
    link_aggregation,
    peers,
    plugins,
    snmp,
    thresholds,
)
from staros_cli.configuration.tree import Node

BEGINNINGS = (
    "threshold",
    "threshold poll",
    "threshold model",
    "threshold monitoring",
    "threshold disconnect-reason",
    "snmp community encrypted name",
    "snmp target",
    "snmp user",
    "snmp notif-threshold",
    "ip pool x alert-threshold",
    "ip localhost",
    "ip name-servers",
    "dns-client",
    "link-aggregation lacp",
    "link-aggregation redundancy",
    "link-aggregation master",
    "link-aggregation member",
    "link-aggregation system-priority",
    "module priority",
    "cache size central",
)
WORDS = st.sampled_from(
    ("", "x", "0", "0x", "99999999999", "clear", "group", "pool-used", '"', "192.0.2.1", "version")
)
LINES = st.builds(
    lambda beginning, words: " ".join((beginning, *words)),
    st.sampled_from(BEGINNINGS),
    st.lists(WORDS, max_size=4),
)
MODES = (
    ("context x", "context"),
    ("port ethernet 5/10", "port"),
    ("port rs232 x", "port"),
    ("card 5", "card"),
    ("plugin p", "plugin"),
)


@pytest.mark.parametrize(
    "read",
    [
        snmp.read,
        thresholds.read,
        plugins.read,
        peers.read,
        link_aggregation.read,
        lambda root: dns.read(root, "x", "d"),
        lambda root: dns.names(root, "x"),
        lambda root: list(thresholds.read(root).watched()),
    ],
    ids=("snmp", "thresholds", "plugins", "peers", "groups", "dns", "clients", "watched"),
)
@given(lines=st.lists(LINES, max_size=6))
def test_any_line_is_read(read: Callable[[Node], object], lines: list[str]) -> None:
    root = Node(mode="config")
    places = [root, *(root.put(key, key, mode) for key, mode in MODES)]
    places.append(places[1].put("dns-client d", "dns-client d", "dns-client"))
    for place in places:
        for line in lines:
            place.put(line, line)
    read(root)
