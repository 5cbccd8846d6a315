"""Definition files: what is refused, and how it is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.chassis.definition import DefinitionError, built_in_names, load, parse

GOOD = """
title = "A small one"
platform = "asr5500"
serial = "LAB1"
cards = [{ slot = 1, kind = "DPC2" }, { slot = 5, kind = "MMIO" }]
"""


def faults(text: str) -> list[str]:
    with pytest.raises(DefinitionError) as found:
        parse("mine", text, "mine.toml")
    assert str(found.value).startswith("mine.toml: ")
    return found.value.errors


def test_the_built_in_ones_are_good() -> None:
    assert {"asr5500", "asr5500-oos", "asr5500-unlicensed", "asr5000-chapter"} <= set(
        built_in_names()
    )
    assert {"user-plane", "vpc-di", "vpc-si"} <= set(built_in_names())


def test_a_small_one_is_good() -> None:
    assert parse("mine", GOOD, "mine.toml").schema.title == "A small one"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("asr5500", "asr9000"), "platform: expected one of asr5000, asr5500, vpc-di, vpc-si"),
        (("DPC2", "PSC"), "cards[0].kind: expected DPC2, got 'PSC'"),
        (("slot = 5", "slot = 19"), "cards[1].slot: expected one of 1, 2, 3"),
        (("slot = 5", "slot = 1"), "cards[1].slot: expected each slot once"),
        (("slot = 5", 'slot = "5"'), "cards[1].slot: expected `int`, got `str`"),
        (('serial = "LAB1"', ""), "the file: missing required key serial"),
        (('"LAB1"', '"LAB1"\ncolour = 1'), "colour: unknown key, expected one of title, platform"),
        (('"DPC2"', '"DPC2", hue = 1'), "cards[0].hue: unknown key, expected one of slot, kind"),
        (("title =", "title"), "expected a TOML file"),
        (
            ("cards =", 'license = { features = ["magic"] }\ncards ='),
            "license.features: expected any of pdsn, ha, ggsn",
        ),
        (
            ("cards =", 'license = { expires = "soon" }\ncards ='),
            "license.expires: expected an ISO 8601 date, got 'soon'",
        ),
        (
            ("cards =", 'files = { "/etc/passwd" = "x" }\ncards ='),
            "files or boot: Invalid file system: /etc/passwd",
        ),
    ],
)
def test_a_bad_one_is_refused_with_key_and_what_was_expected(
    change: tuple[str, str], expected: str
) -> None:
    found = [fault.replace("`", "") for fault in faults(GOOD.replace(*change))]
    assert any(fault.startswith(expected.replace("`", "")) for fault in found), found


def test_all_faults_of_sense_are_told_at_once() -> None:
    text = GOOD.replace("DPC2", "PSC") + (
        '[[subscribers]]\ncount = 2\naccess = "wap"\ncontext = "A"\nservice = "S"\n'
        'username = "same"\naddress = "1.2.3"\n'
    )
    keys = [fault.split(":")[0] for fault in faults(text)]
    assert keys == [
        "cards[0].kind",
        "subscribers[0].access",
        "subscribers[0].address",
        "subscribers[0].username",
    ]


def test_placement_has_to_fit_the_tasks() -> None:
    text = GOOD + '[tasks]\nsessmgr = 2\n[[placement]]\ncpu = "5/1"\nsessmgr = 1\n'
    assert faults(text) == [
        "placement[0].cpu: expected a CPU of an active card, got '5/1'",
        "placement: expected 2 sessmgr and as many aaamgr as in tasks.sessmgr, got 1 and 0",
    ]


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="expected a definition file or one of asr5000"):
        load("asr9999")
    with pytest.raises(DefinitionError, match="cannot be read"):
        load(str(tmp_path))
    binary = tmp_path / "x.toml"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(DefinitionError, match="cannot be read"):
        load(str(binary))


@given(st.text(max_size=300))
def test_arbitrary_text_is_refused_with_its_file(text: str) -> None:
    faults(text)


tables = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
KEYS = ["title", "platform", "serial", "cards", "license", "tasks", "boot", "subscribers", "files"]


@given(st.dictionaries(st.sampled_from(KEYS), tables))
def test_arbitrary_tables_are_refused(table: dict[str, object]) -> None:
    from staros_cli.chassis import definition

    with pytest.raises(DefinitionError) as found:
        definition.from_table("mine", table, "mine.toml")
    assert found.value.errors


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5000 + "]" * 5000,
        "a" + ".a" * 5000 + " = 1",
        "seed = " + "9" * 5000,
        "uptime = 1" + "0" * 30,
        GOOD.replace("title = ", 'title = "a\\u001b[2J"\nother = '),
        GOOD + '\n[license]\nfeatures = []\nexpires = "0000-01-01"\n',
        GOOD + '\n[license]\nfeatures = []\nexpires = "10000-01-01"\n',
        GOOD + '\n[software]\ndate = "9999-12-31T23:59:59Z"\n',
        "\0",
    ],
    ids=range(9),
)
def test_a_bad_file_is_told_in_a_message(text: str) -> None:
    with pytest.raises(DefinitionError):
        parse("mine", text, "mine.toml")
