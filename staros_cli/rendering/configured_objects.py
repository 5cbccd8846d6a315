"""Layouts about objects as they are configured."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Lines, Screen, blocks


def _title(kind: str) -> str:
    return kind.replace("-", " ").title()


@layout("show operator-policy all and others", "chosen", "No device was seen to print it.")
def names(kind: str, found: Sequence[str]) -> Lines:
    """The names of the objects of a kind."""
    lines = [f"{_title(kind)} Name: {name}" for name in found]
    return Lines([*lines, f"Total: {len(found)}"], {"kind": kind, "names": list(found)})


@layout(
    "show operator-policy full and others",
    "chosen",
    "A device has a layout for each kind; here the lines are those of the configuration.",
)
def objects(kind: str, found: Sequence[tuple[str, Sequence[str]]]) -> Screen:
    """Objects of a kind, with the lines that are configured in them."""
    return blocks(
        Lines(
            [f"{_title(kind)} Name: {name}", *(f"  {line}" for line in lines)],
            {"kind": kind, "name": name, "lines": list(lines)},
        )
        for name, lines in found
    )


@layout("show banner", "chosen", "No device was seen to print it.")
def banners(found: Sequence[tuple[str, str]]) -> Lines:
    """Texts that are shown at logins."""
    return Lines([f"{kind}: {text}" for kind, text in found], dict(found))


@layout("show system ssh key status", "client", "The words behind the label are chosen.")
def ssh_keys(contexts: int) -> Lines:
    """Whether contexts have keys of SSH."""
    state = f"{contexts} context(s) with a key" if contexts else "no context has a key"
    return Lines([f"System SSH key status: {state}"], {"contexts": contexts})
