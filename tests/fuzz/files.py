"""Files of strangers with random damage: definitions, transcripts, logs, labs, saved state."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from staros_cli.chassis import definition
from staros_cli.chassis.definition import DefinitionError
from staros_cli.emulator import StateError, directory_storage
from staros_cli.labs import schema
from staros_cli.labs.schema import LabError
from staros_cli.transcripts import format as transcript_format
from staros_cli.transcripts.errors import DirectiveError, TranscriptError
from staros_cli.transcripts.screen import Screen
from tests.lab import START, Lab

ROOT = Path(__file__).parent.parent.parent
DEFINITIONS = sorted(definition.shipped().glob("*.toml"))
LABS = sorted((ROOT / "staros_cli/labs/data").glob("*.toml"))
TRANSCRIPTS = sorted((ROOT / "transcripts").rglob("*.transcript"))
PIECES = (
    "\0", "\x1b[9999999999C", "[" * 3000, "9" * 5000, "\n\n", '"""', "'''", "= ", "[[cards]]\n",
    "0000-01-01", "\u202e", "(re)", "(" * 200, "${x}", "# put /etc/passwd /flash/x\n", "-1",
    "1e999", "true", "{}", "# advance 1d\n",
)  # fmt: skip


def damaged(text: str, rng: random.Random) -> str:
    """A text with some of it removed, doubled, swapped or replaced."""
    for _ in range(rng.randrange(1, 4)):
        first, last = sorted(rng.randrange(len(text) + 1) for _ in range(2))
        last = min(last, first + 200)
        kind = rng.randrange(4)
        if kind == 0:
            text = text[:first] + text[last:]
        elif kind == 1:
            text = text[:last] + text[first:last] + text[last:]
        elif kind == 2:
            text = text[:first] + rng.choice(PIECES) + text[first:]
        else:
            text = text[:first] + rng.choice(PIECES) + text[last:]
    return text


def a_definition(rng: random.Random) -> None:
    """A definition is good and can be built, or is refused."""
    text = damaged(rng.choice(DEFINITIONS).read_text(), rng)
    try:
        found = definition.parse("mine", text, "mine.toml")
    except DefinitionError:
        return
    if sum(group.count for group in found.schema.subscribers) < 100_000:
        Lab(found).typed("show subscribers summary")


def a_lab(rng: random.Random) -> None:
    """A lab is good or is refused."""
    path = rng.choice(LABS)
    try:
        schema.parse_lab("mine", damaged(path.read_text(), rng), str(path))
    except LabError:
        return


def a_transcript(rng: random.Random) -> None:
    """A transcript is read or is refused."""
    try:
        transcript_format.parse(
            "mine.transcript", damaged(rng.choice(TRANSCRIPTS).read_text(), rng)
        )
    except (TranscriptError, DirectiveError):
        return


def a_log(rng: random.Random) -> None:
    """Any stream of a terminal becomes lines."""
    screen = Screen()
    text = rng.choice(TRANSCRIPTS).read_text().replace("\n", "\r\n")
    for _ in range(5):
        size = sum(map(len, screen.feed(damaged(text, rng))))
        assert size < 10_000_000


def a_state(rng: random.Random) -> None:
    """A chassis starts from whatever lies in its state directory, or says why not."""
    found = definition.built_in("vpc-si")
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        directory_storage(root, found, START)
        files = [path for path in sorted(root.rglob("*")) if path.is_file()]
        for path in rng.sample(files, rng.randrange(1, len(files))):
            data = bytearray(path.read_bytes())
            for _ in range(rng.randrange(1, 20)):
                if data:
                    data[rng.randrange(len(data))] = rng.randrange(256)
            path.write_bytes(
                bytes(data[: rng.randrange(len(data) + 1)]) if rng.random() < 0.3 else data
            )
        try:
            storage = directory_storage(root, found, START)
        except StateError:
            return
        lab = Lab(found, storage)
        lab.typed("show boot")
        lab.reload()
        lab.typed("show configuration errors")


KINDS: tuple[Callable[[random.Random], None], ...] = (
    a_definition,
    a_lab,
    a_transcript,
    a_log,
    a_state,
)
