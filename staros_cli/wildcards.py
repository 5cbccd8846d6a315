"""Matching with wildcards, in a time that is linear in the text for each piece between them."""

from __future__ import annotations

from collections.abc import Callable


def matcher(pattern: str, many: str, one: str = "") -> Callable[[str], bool]:
    """A function that tells whether a whole text fits a pattern.

    The character `many` stands for any number of characters, `one` for a single one.
    """
    first, *rest = pattern.split(many)
    if not rest:
        return lambda text: len(text) == len(first) and _fits(first, text, 0, one)
    *middle, last = rest
    pieces = [piece for piece in middle if piece]
    shortest = len(first) + len(last) + sum(map(len, pieces))

    def matches(text: str) -> bool:
        if len(text) < shortest or not _fits(first, text, 0, one):
            return False
        end = len(text) - len(last)
        if not _fits(last, text, end, one):
            return False
        position = len(first)
        for piece in pieces:
            position = _find(piece, text, position, end, one)
            if position < 0:
                return False
            position += len(piece)
        return True

    return matches


def _fits(piece: str, text: str, position: int, one: str) -> bool:
    """Whether a piece stands at a position of a text that is long enough for it."""
    if not one or one not in piece:
        return text.startswith(piece, position)
    return all(wanted in (one, text[position + offset]) for offset, wanted in enumerate(piece))


def _find(piece: str, text: str, start: int, end: int, one: str) -> int:
    """The first position from `start` on where a piece stands that ends by `end`, or -1."""
    if not one or one not in piece:
        return text.find(piece, start, end)
    places = range(start, end - len(piece) + 1)
    return next((place for place in places if _fits(piece, text, place, one)), -1)
