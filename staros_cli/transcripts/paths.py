"""The files that a transcript names: they lie below its directory.

A transcript may be a stranger's, and what it puts on its chassis it can show.
"""

from __future__ import annotations

import os
from pathlib import Path

from staros_cli.transcripts.errors import DirectiveError

ANYWHERE = "STAROS_CLI_FILES_ANYWHERE"
"""A variable of the environment: set, transcripts may use files outside their directory."""


def within(transcript: Path, name: str, directive: str) -> Path:
    """The file of that name beside a transcript, which a directive names, links followed.

    Raises DirectiveError for a file outside of its directory, unless ANYWHERE is set.
    """
    root = transcript.parent.resolve()
    try:
        found = (root / name).resolve()
    except (ValueError, OSError, RuntimeError) as error:
        raise DirectiveError(f"# {directive}: {name!r} cannot be used: {error}") from None
    if os.environ.get(ANYWHERE) or found.is_relative_to(root):
        return found
    reason = f"# {directive}: expected a file beside the transcript or below, got {name!r}"
    raise DirectiveError(f"{reason}; set {ANYWHERE}=1 to allow others")
