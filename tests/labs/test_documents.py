"""docs/writing-labs.md: its example is a lab, and it names every fact and key."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from staros_cli.labs import schema
from staros_cli.labs.facts import FACTS

TEXT = (Path(__file__).parents[2] / "docs" / "writing-labs.md").read_text()


def test_the_example_is_a_good_lab() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert len(schema.parse_lab("example", example, "example.toml").steps) == 2


def test_every_fact_is_told_with_what_it_is() -> None:
    for fact in FACTS.values():
        (row,) = re.findall(rf"^\| `{fact.name}[(`].*$", TEXT, re.MULTILINE)
        assert fact.about in row
        assert all(f'"{value}"' in row for value in fact.values)


def test_every_key_is_told() -> None:
    forms = (
        schema.LabSchema,
        schema.StepSchema,
        schema.HintSchema,
        schema.CheckSchema,
        schema.MistakeSchema,
        schema.FaultSchema,
        schema.QuestionSchema,
    )
    for each in forms:
        for field in msgspec.structs.fields(each):
            name = field.encode_name
            assert re.search(rf"`{name}`|`{name} =|\[\[?(steps\.)?{name}\]", TEXT), name
