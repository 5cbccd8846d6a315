"""Every statement of the chapter has a proof, and the document that lists them is up to date."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.requirements import STATEMENTS

ROOT = Path(__file__).parent.parent
TABLE = (ROOT / "docs/requirements.md").read_text()


@pytest.mark.parametrize("statement", STATEMENTS)
def test_every_statement_has_a_proof_that_passed(statement: str) -> None:
    (row,) = [line for line in TABLE.splitlines() if line.startswith(f"| {statement} |")]
    _, _, text, proofs, results, _ = re.split(r"\s*\|\s*", row)
    assert text == STATEMENTS[statement]
    assert set(results.split("<br>")) == {"passed"}, "run `make docs`"
    for proof in re.findall(r"`([^`]+)`", proofs):
        file, _, name = proof.partition("::")
        source = (ROOT / file).read_text()
        assert file.endswith(".transcript") or f"def {name.rpartition('::')[2]}(" in source, (
            f"{proof} is gone: run `make docs`"
        )
