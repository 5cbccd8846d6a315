"""The exact versions for development and CI: names and versions, that agree with pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCKED = (ROOT / "constraints.txt").read_text("utf-8").splitlines()


def test_constraints_are_names_with_exact_versions() -> None:
    assert [line for line in LOCKED if not re.fullmatch(r"[\w.-]+==[\w.+!]+", line)] == []


def test_constraints_are_within_the_bounds_of_the_project() -> None:
    versions = {canonicalize_name(name): at for name, at in (line.split("==") for line in LOCKED)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    for text in [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(versions[canonicalize_name(wanted.name)]), text


def test_what_is_relied_on_by_private_parts_has_an_upper_bound() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    bounds = {
        wanted.name: {one.operator for one in wanted.specifier}
        for wanted in map(Requirement, project["project"]["dependencies"])
    }
    for name in ("asyncssh", "lark", "msgspec", "prompt_toolkit"):
        assert "<" in bounds[name], name
