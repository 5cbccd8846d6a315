"""The pipes behind the bar."""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from itertools import count

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from staros_cli.chassis.privilege import Privilege
from staros_cli.language.parser import Part, parse
from staros_cli.messages import Refused
from staros_cli.shell.pipes import through_pipes
from tests.support import make_session, output

LINES = ["Alpha one", "beta two", "LA", "LA+", "LAA", "a|b", "", "alpha two"]


def pipes(typed: str) -> Sequence[Part]:
    """The pipes of a line that is typed behind `show version`."""
    return parse(f"show version {typed}", "exec", Privilege.INSPECTOR).parts


def piped(typed: str) -> list[str]:
    return through_pipes(LINES, pipes(typed))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("| grep two", ["beta two", "alpha two"]),
        ("|grep two", ["beta two", "alpha two"]),
        ("| grep -v a", ["LA", "LA+", "LAA", ""]),
        ("| grep -i ALPHA", ["Alpha one", "alpha two"]),
        ("| grep -n two", ["2:beta two", "8:alpha two"]),
        ("| grep LA+", ["LA+"]),
        ("| grep -E LA+", ["LA", "LA+", "LAA"]),
        (r"| grep 'LA\+'", ["LA", "LA+", "LAA"]),
        (r"| grep 'one\|^beta'", ["Alpha one", "beta two"]),
        ("| grep -E 'one|^beta'", ["Alpha one", "beta two"]),
        ('| grep "a|b"', ["a|b"]),
        ("| grep 'a o'", ["Alpha one"]),
        ('| grep "a o"', ["Alpha one"]),
        ("| grep -i -v -n a", ["7:"]),
        ("| grep -n two | grep -v beta", ["8:alpha two"]),
        ("| grep two|grep alpha|grep -n a", ["1:alpha two"]),
        ("| grep --two", []),
        ("| grep -", []),
        ("| grep '^$'", [""]),
        ("| grep nowhere", []),
        ("| grep '*'", []),
        ("| grep -E '*two'", ["beta two", "alpha two"]),
        ("| grep -E 'LA{1'", []),
        ("| grep -E 'LA{2}'", ["LAA"]),
    ],
)
def test_lines_that_pass_a_pipe(typed: str, expected: list[str]) -> None:
    assert piped(typed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "| grep '['",
        "| grep '[[:nonsense:]]'",
        "| grep '[b-a]'",
        r"| grep '\(a'",
        r"| grep 'a\)'",
        r"| grep 'a\{2,1\}'",
        r"| grep '\(a\)\2'",
        "| grep -E '(a'",
        "| grep -E 'a{99999}'",
    ],
)
def test_a_pattern_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="Invalid regular expression"):
        piped(typed)


def test_the_session_tells_what_is_wrong_with_a_pattern() -> None:
    session, _ = make_session()
    reply = session.handle("show version | grep '['")
    assert reply.failed
    assert list(reply.lines) == ["Failure: Invalid regular expression: [: a bracket is not closed"]


def test_the_time_stamp_passes_through_grep() -> None:
    """A client that filters still reads the time stamp first."""
    session, _ = make_session()
    session.handle("timestamps")
    lines = output(session, "show version | grep Image")
    assert lines[0] == "Friday March 27 17:12:25 UTC 2026"
    assert lines[1:]
    assert all("Image" in line for line in lines[1:])
    assert len(output(session, "show version | grep nowhere")) == 1


# Where POSIX leaves the meaning open GNU grep has quirks of its own (an unmatched `)` of an
# extended expression, `{}`, a repeated word boundary, a repeat of nothing such as `(*)`,
# `$)` of a basic one); the pieces below keep clear of those.

_ATOMS = ["a", "b", "ab", ".", "[ab]", "[^a]", "[a-b-]", "[]a]", "[[:alpha:]]", "^", "$", "-", ","]
_BASIC = [*_ATOMS, "+", "?", "{", "}", "(", ")", "|", "*", r"\*", r"\.", r"\+", r"\?", r"\{1,2\}"]
_EXTENDED = [*_ATOMS, "*", "+", "?", "{2}", "{1,}", "}", r"\(", r"\)", r"\+", r"\{", r"\|", r"\."]
_REPEATS_NOTHING = re.compile(r"(?:^|(?<!\\)[(|^$])(?:[*+?]|\{[0-9])")
_TEXT = st.text("ab+*?(){}|.,-^$1", max_size=6)


def expressions(pieces: list[str], opening: str, closing: str, bar: str) -> st.SearchStrategy[str]:
    """Regular expressions from these pieces, with groups and alternatives."""
    flat = st.lists(st.sampled_from(pieces), min_size=1, max_size=5).map("".join)
    return st.recursive(
        flat,
        lambda inner: st.one_of(
            inner.map(lambda text: f"{opening}{text}{closing}"),
            st.tuples(inner, inner).map(bar.join),
            st.tuples(inner, inner).map("".join),
        ),
        max_leaves=4,
    )


def real_grep(pattern: str, lines: list[str], options: list[str]) -> list[str] | None:
    """The lines that the `grep` of this machine lets through; None when it refuses the pattern."""
    done = subprocess.run(
        ["grep", *options, "--", pattern],
        input="".join(f"{line}\n" for line in lines),
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    return None if done.returncode > 1 else done.stdout.split("\n")[:-1]


def grep_part(pattern: str, *options: str) -> Part:
    """A `grep`, as the parser hands it over."""
    words = ("grep", *options, pattern)
    return Part(words, frozenset(words[:-1]), {"pattern": pattern})


def check_against_grep(
    pattern: str, lines: list[str], options: frozenset[str], extended: bool
) -> None:
    chosen = sorted(options | {"-E"} if extended else options)
    part = grep_part(pattern, *chosen)
    expected = real_grep(pattern, lines, chosen)
    if expected is None:
        with pytest.raises(Refused):
            through_pipes(lines, [part])
    else:
        assert through_pipes(lines, [part]) == expected


needs_grep = pytest.mark.skipif(
    not shutil.which("grep") or "GNU" not in subprocess.getoutput("grep -V"),
    reason="compares with GNU grep",
)
_OPTIONS = st.frozensets(st.sampled_from(["-v", "-i", "-n"]))
_SOME_LINES = st.lists(_TEXT, min_size=1, max_size=8)


@needs_grep
@given(expressions(_BASIC, r"\(", r"\)", r"\|"), _SOME_LINES, _OPTIONS)
def test_basic_expressions_are_those_of_grep(
    pattern: str, lines: list[str], options: frozenset[str]
) -> None:
    assume(not re.search(r"\$[)|]", pattern))
    check_against_grep(pattern, lines, options, extended=False)


@needs_grep
@given(expressions(_EXTENDED, "(", ")", "|"), _SOME_LINES, _OPTIONS)
def test_extended_expressions_are_those_of_grep(
    pattern: str, lines: list[str], options: frozenset[str]
) -> None:
    assume(not _REPEATS_NOTHING.search(pattern))
    check_against_grep(pattern, lines, options, extended=True)


@given(st.text("ab*+?\\[](){}|^$.,1:-", min_size=1, max_size=20), st.booleans())
def test_any_pattern_is_read_or_refused(pattern: str, extended: bool) -> None:
    part = grep_part(pattern, *(["-E"] if extended else []))
    with suppress(Refused):
        assert set(through_pipes(LINES, [part])) <= set(LINES)


@pytest.mark.parametrize(
    "pattern",
    [
        "((|a){5000}){50}",
        "(a{3000}){3000}",
        "(a{900}){900}",
        "((((a{9}){9}){9}){9}){9}",
        "((a{1,30}){1,30}){1,30}",
        "(x+x+)+y" * 20,
        "(" * 100 + ")" * 100,
    ],
)
def test_an_expression_that_would_take_all_memory_is_refused_or_harmless(pattern: str) -> None:
    """One of these ended the whole process once; compiling and searching are bounded now."""
    session, _ = make_session()
    before = memory()
    reply = session.handle(f"show task resources | grep -E '{pattern}'")
    if reply.failed:
        assert all("Invalid regular expression" in line for line in reply.lines)
    assert memory() - before < 16 * 1024


def memory() -> int:
    """The most that the process has taken, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_what_was_searched_for_is_not_kept() -> None:
    session, _ = make_session()
    for number in range(20):
        session.handle(f"show clock | grep -E 'a{{{number}}}(b|c){{400}}'")
    before = memory()
    for number in range(300):
        session.handle(f"show clock | grep -E 'x{{{number}}}(y|z){{400}}'")
    assert memory() - before < 8 * 1024


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (r"| grep '\<a'", [True, False, True]),
        (r"| grep 'a\>'", [False, True, False]),
        (r"| grep -E '\<(ab|x)\>'", [True, False, True]),
        (r"| grep '^\<ab'", [True, False, False]),
        (r"| grep '[^b]\<a'", [False, False, True]),
        (r"| grep -v '\<..\>'", [False, True, False]),
        (r"| grep '\<.*\>$'", [True, True, True]),
    ],
)
def test_words_begin_and_end_as_for_grep(typed: str, expected: list[bool]) -> None:
    lines = ["ab", "xxba", "- ab"]
    assert [line in through_pipes(lines, pipes(typed)) for line in lines] == expected


@pytest.mark.parametrize(
    ("typed", "seconds_a_look"),
    [
        ("| grep one", 0.004),
        ("| grep one | grep alpha", 0.0024),
        ("| grep one | grep -v x", 0.0024),
    ],
)
def test_all_searches_of_a_command_share_their_time(typed: str, seconds_a_look: float) -> None:
    """Lines that are short of the limit, each for itself, can hold up a server together."""
    looks = count()
    with pytest.raises(Refused, match="takes too long"):
        through_pipes(LINES, pipes(typed), lambda: next(looks) * seconds_a_look)
    looks = count()
    fast = through_pipes(LINES, pipes(typed), lambda: next(looks) * seconds_a_look / 3)
    assert fast == piped(typed)


def test_many_lines_may_take_longer() -> None:
    looks = count()
    lines = ["one"] * 100_000
    assert through_pipes(lines, pipes("| grep one"), lambda: next(looks) * 0.00001) == lines


@pytest.mark.parametrize("pattern", ["([- ]+)+x$", "(( *)*[a-z0-9]*)*X"])
def test_nested_repeats_are_searched_in_linear_time(pattern: str) -> None:
    session, _ = make_session()
    reply = session.handle(f'show task resources | grep -E "{pattern}"')
    assert (list(reply.lines), reply.failed) == ([], False)
