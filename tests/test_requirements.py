"""Every statement of the chapter has a proof, and the document that lists them is up to date."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proofs import is_whole, proofs_in
from tests.requirements import listed

DOCUMENT = Path(__file__).parent.parent / "docs/requirements.md"


@pytest.fixture
def proofs(request: pytest.FixtureRequest) -> dict[str, set[str]]:
    """The proofs that were collected, which must be all there are."""
    if not is_whole(request.config):
        pytest.skip("not a run of the whole suite")
    return proofs_in(request.session.items)


def test_every_statement_has_a_proof(proofs: dict[str, set[str]]) -> None:
    assert [name for name, tests in proofs.items() if not tests] == []


def test_the_document_lists_the_proofs(
    proofs: dict[str, set[str]], request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--requirements"):
        pytest.skip("the document is being written")
    expected = {name: sorted(tests) for name, tests in proofs.items()}
    assert listed(DOCUMENT.read_text()) == expected, "run `make docs`"
