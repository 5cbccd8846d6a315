"""Completion of a half-typed line: the one answer behind `?` and Tab."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from staros_cli.chassis.privilege import Privilege
from staros_cli.language.parser import Expected, language, words_of
from staros_cli.language.words import Word


class Suggestion(Struct, frozen=True):
    """One line of `?`: the word or placeholder, what it means, and whether Tab can type it."""

    text: str
    help: str
    typeable: bool


class Completion(Struct, frozen=True):
    """The effect of Tab: the text to add to the line, and the choices when several fit."""

    insert: str
    choices: tuple[Suggestion, ...]


def suggest(
    line: str, mode_name: str, privilege: Privilege, hidden: bool = False
) -> list[Suggestion]:
    """The suggestions for the end of `line`: in place of its last word, or after a blank.

    Raises LineError when no command begins with the words before that place.
    """
    words, partial = _split_at_cursor(line)
    expected = language(mode_name, privilege, hidden).expected_after(words)
    return suggestions(expected, partial)


def _split_at_cursor(line: str) -> tuple[list[Word], Word]:
    """The finished words of `line`, and the one that is still being typed (empty after a blank)."""
    words = words_of(line)
    if words and not line[-1:].isspace() and not words[-1].is_bar:
        return words[:-1], words[-1]
    return words, Word("")


def suggestions(expected: Expected, partial: Word) -> list[Suggestion]:
    """The suggestions among `expected` for a word of which `partial` was typed."""
    found: list[Suggestion] = []
    if not partial.quote:
        found += [
            Suggestion(word.spelling, word.help, True)
            for word in expected.beginning_with(partial.text)
        ]
    found += [
        Suggestion(place.placeholder, f"{place.help}, {place.allowed}", False)
        for place in expected.values
        if not partial.text or place.fits(partial.text)
    ]
    if not partial.text and not partial.quote:
        if expected.bar:
            found.append(Suggestion("|", "Pipeline", True))
        if expected.end:
            found.append(Suggestion("<cr>", "newline", False))
    return found


def complete(line: str, suggested: Callable[[str], list[Suggestion]]) -> Completion:
    """The completion of `line`: a unique word in full with a blank, else the shared beginning.

    `suggested` gives the suggestions for the end of a line. Raises what that raises.
    """
    found = suggested(line)
    typeable = [word.text for word in found if word.typeable]
    partial = _split_at_cursor(line)[1].text
    if len(typeable) == 1 and len(found) == 1:
        return Completion(typeable[0][len(partial) :] + " ", ())
    shared = _shared_beginning(typeable)
    if len(typeable) == len(found) and len(shared) > len(partial):
        return Completion(shared[len(partial) :], ())
    return Completion("", tuple(found))


def _shared_beginning(words: list[str]) -> str:
    """The longest text that all `words` begin with."""
    if not words:
        return ""
    first, last = min(words), max(words)
    pairs = zip(first, last, strict=False)
    length = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(first), len(last)))
    return first[:length]
