"""The generated documents are up to date and complete."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from pathlib import Path

import pytest

from staros_cli import documents, messages
from staros_cli.chassis.privilege import Privilege
from staros_cli.language.errors import LineError
from staros_cli.language.parser import parse
from staros_cli.not_modelled import NOT_MODELLED
from staros_cli.rendering.layout import LAYOUTS

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "staros_cli"
DOCS = ROOT / "docs"


@pytest.mark.parametrize("name", documents.DOCUMENTS)
def test_up_to_date(name: str) -> None:
    assert (ROOT / "docs" / name).read_text() == documents.DOCUMENTS[name](), "run `make docs`"


def test_every_renderer_is_in_the_ledger() -> None:
    documents.ledger()
    for path in (PACKAGE / "rendering").glob("*.py"):
        if path.stem in ("__init__", "layout"):
            continue
        for node in ast.parse(path.read_text()).body:
            if (
                isinstance(node, ast.FunctionDef)
                and ast.unparse(node.returns or node) == "list[str]"
            ):
                private = node.name.startswith("_")
                assert private or f"{path.stem}.{node.name}" in LAYOUTS, node.name


def test_every_message_is_used_and_every_refusal_has_one() -> None:
    source = "".join(path.read_text() for path in PACKAGE.rglob("*.py"))
    for name, _ in documents.all_messages():
        assert re.search(rf"\bmessages\.{name}\b", source), f"{name} is not used"
    for raised in re.findall(r"raise Refused\(\s*([\w.]+)", source):
        assert raised.startswith("messages."), raised


def test_no_message_is_written_outside_the_catalogue() -> None:
    for path in PACKAGE.rglob("*.py"):
        if path.name == "messages.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words = node.value.startswith(("Failure: ", "Warning: ", "Info: "))
                assert not words or node.value in ("Failure: ", "Warning: "), (path, node.lineno)


def test_messages_end_without_full_stop() -> None:
    """The manual's rule for messages."""
    for name, message in documents.all_messages():
        # The only one that ends so does it six times, as the manual prints it.
        assert not message.text.removesuffix("......").endswith("."), name
        assert message.evidence in ("seed", "doc", "capture", "client", "chosen")
    assert messages.ARE_YOU_SURE().endswith("[Yes|No]: ")


def test_the_page_on_python_names_what_exists() -> None:
    names = re.findall(r"^::: (\S+)$", (DOCS / "api.md").read_text(), re.MULTILINE)
    assert "staros_cli.device.Device" in names
    for name in names:
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(module), attribute), name


def test_the_rings_in_the_document_are_those_of_the_contract() -> None:
    text = (DOCS / "architecture.md").read_text()
    drawn = re.search(r"^## The rings\n.*?^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert drawn
    found = [re.split(r"\s{2,}", line.strip())[0] for line in drawn[1].splitlines()]
    contract = tomllib.loads((DOCS.parent / "pyproject.toml").read_text())
    layers = contract["tool"]["importlinter"]["contracts"][0]["layers"]
    wanted = [layer.replace("staros_cli.", "").replace(" | ", ", ") for layer in layers]
    assert [set(line.split(", ")) for line in found] == [set(line.split(", ")) for line in wanted]


@pytest.mark.parametrize("command", [command for command, _ in NOT_MODELLED])
def test_what_the_ledger_says_is_not_modelled_is_refused(command: str) -> None:
    for line in (command, f"{command} all"):
        with pytest.raises(LineError, match="Unknown command"):
            parse(line, "exec", Privilege.SECURITY)
