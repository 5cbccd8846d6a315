"""Results as JUnit XML, which test servers read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as Xml

from msgspec import Struct

from staros_cli.transcripts.errors import TranscriptError
from staros_cli.transcripts.replay import Result

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Outcome(Struct):
    """The outcome of a transcript: a result or an error, after so many seconds."""

    path: str
    seconds: float
    result: Result | None = None
    error: TranscriptError | None = None


def write(path: Path, outcomes: Sequence[Outcome]) -> None:
    """Write the outcomes to a file. Raises OSError."""
    failed = [found for found in outcomes if found.result and not found.result.passed]
    in_error = [found for found in outcomes if found.error]
    seconds = sum(found.seconds for found in outcomes)
    suite = Xml.Element(
        "testsuite",
        name="transcripts",
        tests=str(len(outcomes)),
        failures=str(len(failed)),
        errors=str(len(in_error)),
        skipped="0",
        time=f"{seconds:.3f}",
    )
    for outcome in outcomes:
        suite.append(_case(outcome))
    root = Xml.Element("testsuites")
    root.append(suite)
    Xml.indent(root)
    Xml.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _case(outcome: Outcome) -> Xml.Element:
    file = Path(outcome.path)
    case = Xml.Element(
        "testcase",
        classname=".".join(part for part in file.parent.parts if part not in ("/", "..")),
        name=file.stem,
        file=outcome.path,
        time=f"{outcome.seconds:.3f}",
    )
    if outcome.error is not None:
        _add(case, "error", str(outcome.error), str(outcome.error))
    elif outcome.result is not None and not outcome.result.passed:
        first = outcome.result.differences[0]
        _add(case, "failure", f"line {first.line}: {first.reason}", outcome.result.report())
    return case


def _add(case: Xml.Element, kind: str, message: str, text: str | list[str]) -> None:
    whole = text if isinstance(text, str) else "\n".join(text)
    element = Xml.SubElement(case, kind, message=_NOT_XML.sub("?", message.split("\n")[0]))
    element.text = _NOT_XML.sub("?", whole)
