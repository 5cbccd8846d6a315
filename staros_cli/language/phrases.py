"""Naming commands by their words: `show session recovery status` stands for all its forms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from staros_cli.language.automaton import Automaton, State
from staros_cli.language.compiled import PIPES, UNLISTED, mode, mode_names


def stands_in(phrase: Sequence[str], words: Sequence[str]) -> bool:
    """Whether a command, in full spelling with its pipes, has these words in this order.

    It begins with the first of them.
    """
    if not phrase or list(words[:1]) != list(phrase[:1]):
        return False
    remaining = iter(words)
    return all(word in remaining for word in phrase)


def is_command(phrase: Sequence[str]) -> bool:
    """Whether there is a command, in any mode, that has these words in this order.

    A word is a value only directly behind the word before it.
    """
    command, *pipes = _at_bars(phrase)
    followed = mode(PIPES).automaton
    if not all(_walk(followed, pipe) for pipe in pipes):
        return False
    for name in mode_names():
        if name == UNLISTED:
            continue  # any words are a line there
        automaton = mode(name).automaton
        ends = _walk(automaton, command)
        if ends and (not pipes or _takes_pipes(automaton, ends)):
            return True
    return False


def _at_bars(phrase: Sequence[str]) -> list[list[str]]:
    pieces: list[list[str]] = [[]]
    for word in phrase:
        if word == "|":
            pieces.append([])
        else:
            pieces[-1].append(word)
    return pieces


def _walk(automaton: Automaton, words: Sequence[str]) -> set[int]:
    """The states after lines that begin with the first word and have the others, in order."""
    found = {0}
    for number, word in enumerate(words):
        places = found if number == 0 else _reachable(automaton, found)
        after = {t for place in places for t in _by_keyword(automaton.states[place], word)}
        found = after | {t for place in found for t in _by_value(automaton.states[place], word)}
    return found if words else set()


def _by_keyword(state: State, word: str) -> Iterator[int]:
    keyword = state.keywords.get(word.lower())
    if keyword is not None and keyword.spelling == word:
        yield keyword.target


def _by_value(state: State, word: str) -> Iterator[int]:
    return (value.target for value in state.values if value.word.fits(word))


def _reachable(automaton: Automaton, states: set[int]) -> set[int]:
    found, waiting = set(states), list(states)
    while waiting:
        state = automaton.states[waiting.pop()]
        targets = {keyword.target for keyword in state.keywords.values()}
        targets |= {value.target for value in state.values}
        waiting += targets - found
        found |= targets
    return found


def _takes_pipes(automaton: Automaton, states: set[int]) -> bool:
    numbers = (automaton.states[state].rule for state in _reachable(automaton, states))
    return any(automaton.rules[number].piped for number in numbers if number >= 0)
