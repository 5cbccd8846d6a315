"""Prompts, questions and the marker of the pager: signs that a session waits."""

from __future__ import annotations

import re

from msgspec import Struct

_PROMPT = r"\[[^\]\s]+\][\w.-]+(?:\([^()\s]+\))?[#>]"
_PARTS = re.compile(
    r"\[(?P<context>[^\]\s]+)\](?P<host>[\w.-]+)(?:\((?P<mode>[^()\s]+)\))?(?P<mark>[#>])"
)
_QUESTION = r"[^\r\n]*\[(?:Yes\|No|Y/N)\]:"
_MARKER = r"---\(more(?: \d+%)?\)---"

_LINE = re.compile(rf"(?P<prompt>{_PROMPT}|{_QUESTION})(?: (?P<text>.*))?")
_QUESTION_LINE = re.compile(rf"{_QUESTION}(?: .*)?")
_MARKER_LINE = re.compile(rf"(?P<marker>{_MARKER})\s*(?P<rest>.*)")
_STAMP = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day "
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December) "
    r"\d\d \d\d:\d\d:\d\d [A-Z]{2,5} \d{4}"
)
CONTINUATION = "> "
"""The prompt before the rest of a line that ended in a backslash."""


class PromptLine(Struct, frozen=True):
    """A line that begins with a prompt or a question, without its blank, and what was typed."""

    prompt: str
    text: str


class PromptParts(Struct, frozen=True):
    """A prompt in its parts: `mode` is empty in Exec mode, `mark` is `#` or `>`."""

    context: str
    host: str
    mode: str
    mark: str


def parts_of_prompt(line: str) -> PromptParts | None:
    """The parts of the prompt that a line begins with; None where there is none."""
    found = _PARTS.match(line)
    if found is None:
        return None
    return PromptParts(found["context"], found["host"], found["mode"] or "", found["mark"])


def prompt_line(line: str) -> PromptLine | None:
    """The parts of a line that begins with a StarOS prompt or question; None for other lines."""
    found = _LINE.fullmatch(line)
    return PromptLine(found["prompt"], found["text"] or "") if found else None


def is_waiting(line: str) -> bool:
    """Whether a line is where a session waits for one to be typed."""
    return prompt_line(line) is not None or line.startswith(CONTINUATION)


def is_question(line: str) -> bool:
    """Whether a line begins with a question and its answer."""
    return _QUESTION_LINE.fullmatch(line) is not None


def is_marker(line: str) -> bool:
    """Whether a line is the marker of the pager and nothing else."""
    found = _MARKER_LINE.fullmatch(line)
    return found is not None and not found["rest"]


def without_marker(line: str) -> str | None:
    """The text behind a marker of the pager that was not wiped; None when there is none."""
    found = _MARKER_LINE.fullmatch(line)
    return found["rest"] if found else None


def is_time_stamp(line: str) -> bool:
    """Whether a line is a date as `timestamps` puts it before the output of a command."""
    return _STAMP.fullmatch(line) is not None


def waiting(
    given_back: str = "", *, more: bool = False, first: bool = False, continued: bool = False
) -> re.Pattern[str]:
    """The end of a stream when a session waits.

    `given_back` is what stands behind the prompt again, `more` allows more than that. `first` is
    for the beginning of a stream, where no line end comes before. `continued` allows the prompt
    for the rest of a line.
    """
    before = r"(?:^|[\r\n])" if first else r"[\r\n]"
    typed = re.escape(given_back) + (r"[^\r\n]*" if more else "")
    rest = f"|{CONTINUATION}" if continued else ""
    return re.compile(rf"{before}(?:{_PROMPT} {typed}|{_QUESTION} |{_MARKER}{rest})\Z")
