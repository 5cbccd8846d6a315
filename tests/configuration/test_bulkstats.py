"""What the model reads of bulk statistics from the running configuration."""

from __future__ import annotations

from staros_cli.chassis.bulkstats.settings import (
    ON_FAILURE,
    REDUNDANT,
    SECONDARY,
    BulkstatsSettings,
    Receiver,
    Schema,
)
from staros_cli.configuration.bulkstats import MOST_SCHEMAS, read, receivers
from staros_cli.configuration.tree import Node
from tests.lab import Lab

MODE = (
    "bulkstats collection",
    "bulkstats historical collection",
    "bulkstats mode",
    "sample-interval 5",
    "transfer-interval 10",
    "limit 32000",
    "receiver mode redundant",
)


def configured(*lines: str) -> BulkstatsSettings:
    lab = Lab()
    assert lab.configure(*lines) == ""
    return read(lab.system.running)


def test_nothing_is_configured_by_itself() -> None:
    assert configured() == BulkstatsSettings()
    found = configured("bulkstats collection")
    assert (found.enabled, found.sample, found.transfer, found.files) == (True, 15, 480, ())


def test_the_lines_of_the_mode() -> None:
    found = configured(*MODE)
    assert (found.enabled, found.historical, found.sample, found.transfer) == (True, True, 5, 10)
    assert (found.limit, found.mode) == (32000, REDUNDANT)
    assert found.files == ()


def test_what_stands_in_no_file_belongs_to_the_first() -> None:
    found = configured(
        *MODE,
        "no gather-on-standby",
        "header format one",
        "footer format end",
        "receiver 192.0.2.70 primary mechanism sftp login me encrypted password +B0",
        "card schema c1 format %card%",
        "file 1",
        "header format two",
        'remotefile format "/a b/%host%" secondary-receiver',
        "receiver 192.0.2.71 secondary mechanism tftp",
        'schema active-only s1 format "a \\"b\\" %n%"',
        "schema s2",
        "pgw schema s3 active-only format active-only",
        "file 3",
        "port schema p format %port%",
        "receiver mode secondary-on-failure",
    )
    first, third = found.files
    assert (first.number, first.header, first.footer) == (1, "two", "end")
    assert (first.remote, first.named_for) == ("/a b/%host%", (SECONDARY,))
    assert first.receivers == (
        Receiver("192.0.2.70", mechanism="sftp", login="me"),
        Receiver("192.0.2.71", SECONDARY, "tftp"),
    )
    assert first.schemas == (
        Schema("card", "c1", "%card%"),
        Schema("system", "s1", 'a "b" %n%', active_only=True),
        Schema("system", "s2"),
        Schema("pgw", "s3", "active-only", active_only=True),
    )
    assert not found.on_standby
    assert (first.mode, third.mode) == (REDUNDANT, ON_FAILURE)
    assert (third.number, third.schemas) == (3, (Schema("port", "p", "%port%"),))


def test_lines_that_are_removed_count_no_more() -> None:
    lab = Lab()
    lab.configure(
        *MODE, "card schema c format x", "schema s format y", "receiver 192.0.2.7 primary"
    )
    assert list(receivers(lab.system.running)) == ["192.0.2.7"]
    lab.configure("no bulkstats collection", "bulkstats mode", "no card schema c", "no schema s")
    lab.configure("bulkstats mode", "no receiver 192.0.2.7", "default sample-interval", "no limit")
    found = read(lab.system.running)
    assert (found.enabled, found.sample, found.limit, found.files) == (False, 15, 1000, ())


def test_imported_lines_may_hold_anything() -> None:
    root = Node(mode="config")
    mode = root.put("bulkstats mode", "bulkstats mode", "bulkstats")
    lines = ("limit x", "sample-interval 0", "receiver", 'x schema "', "schema", "schema x", "a b")
    for line in lines:
        mode.put(line, line)
    file = mode.put("file x", "file x", "bulkstats-file")
    file.put("schema y", "schema y")
    found = read(root)
    assert (found.sample, found.limit) == (1, 1000)
    assert [schema.name for file in found.files for schema in file.schemas] == ['"', "x"]


def test_so_many_schemas_are_used_at_most() -> None:
    root = Node(mode="config")
    mode = root.put("bulkstats mode", "bulkstats mode", "bulkstats")
    for number in range(MOST_SCHEMAS):
        mode.put(f"{number}", f"card schema s{number} format x")
    file = mode.put("file 2", "file 2", "bulkstats-file")
    file.put("more", "card schema more format x")
    found = read(root)
    assert [len(file.schemas) for file in found.files] == [MOST_SCHEMAS, 0]
