"""A configuration that nobody here has seen becomes a chassis, without losing a line."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from staros_cli.app import main
from staros_cli.chassis.definition import from_table, load, with_base
from staros_cli.chassis.privilege import Privilege
from staros_cli.chassis.storage import locate
from staros_cli.commands.state import FileLine
from staros_cli.configuration.room import Room
from staros_cli.configuration.tree import Node
from staros_cli.language.parser import parse
from staros_cli.offline import flat, guess, secrets, texts
from staros_cli.offline.chassis import Imported, as_toml, make
from staros_cli.shell.replies import Awaits
from tests.configuration.test_every_form import MODES, kept_lines
from tests.lab import START, Lab

FRAGMENT = """\
  system hostname gw-lab7
  fancy-global on
  require session recovery
  weird-db main
    entry 1 value "a  b"
    nested thing 1
      deep 1
      deep 1
    #exit
    nested thing 2
    #exit
  exit
  context EPC
    interface S5 loopback
      ip address 198.51.100.1 255.255.255.255
      ip weird knob 7
    #exit
    strange-service ONE
      bind 1.2.3.4
    #exit
    strange-service TWO
    #exit
    egtp-service E
      gtpc bind ipv4-address 198.51.100.1
      odd-handshake 3
    #exit
    pgw-service P
      associate egtp-service E
    #exit
  #exit
  port ethernet 5/77
    no shutdown
  #exit
  tail-line at the end
"""
ALWAYS = (
    "subscriber default",
    "aaa group default",
    "gtpp group default",
    "ip igmp profile default",
)


def imported(text: str, subscribers: int = 0) -> Imported:
    """The chassis that is made of a configuration."""
    return make("mine", text, guess.platform_of(text), subscribers=subscribers)


def lab_of(made: Imported) -> Lab:
    """A session on that chassis, as its definition file describes it."""
    table = tomllib.loads(as_toml(made.table))
    return Lab(from_table("mine", with_base(table, "mine.toml"), "mine.toml"))


def shown(lab: Lab) -> list[str]:
    """The configuration without the license and without what every context has."""
    lines = lab.typed("show configuration").split("\n")
    start = next((n for n, line in enumerate(lines) if line.endswith('"')), 0) + 1
    kept, passing = [], False
    for line in lines[start:-2]:
        if passing:
            passing = False
        elif line.strip() in ALWAYS:
            passing = True
        else:
            kept.append(line)
    return kept


def test_every_line_stands_where_it_stood() -> None:
    lines = shown(lab_of(imported(FRAGMENT)))
    local = lines.index("  context local")
    assert [*lines[:local], *lines[local + 2 :]] == FRAGMENT.splitlines()


def test_it_says_what_it_did_not_know() -> None:
    made = imported(FRAGMENT)
    unknown = [one.line for one in made.learned if one.reason and not one.refused]
    assert unknown == [
        "fancy-global on",
        "weird-db main",
        "ip weird knob 7",
        "strange-service ONE",
        "strange-service TWO",
        "odd-handshake 3",
        "tail-line at the end",
    ]
    assert [one.line for one in made.learned if one.refused] == ["port ethernet 5/77"]
    assert made.inside == 7


def test_the_chassis_runs_with_what_it_knows() -> None:
    lab = lab_of(imported(FRAGMENT, subscribers=30))
    assert lab.chassis.hostname == "gw-lab7"
    lab.wait(60)
    assert lab.chassis.sessions.count_of_service("EPC", "P") == 30
    assert lab.system.problems == []
    assert lab.status() == "Ready For Recovery"


def test_it_takes_such_lines_from_a_person_as_well() -> None:
    lab = lab_of(imported(FRAGMENT))
    assert lab.configure("context EPC", "strange-service THREE", "bind 5.6.7.8") == ""
    assert "    strange-service THREE\n      bind 5.6.7.8\n    #exit\n" in lab.typed(
        "show configuration context EPC"
    )
    assert lab.configure("fancy-global off") == ""
    assert lab.configure("weird-db other", "nested thing 7", "deep 2", "exit", "entry 3") == ""
    assert "  weird-db other\n    nested thing 7\n      deep 2\n    #exit\n    entry 3\n" in (
        lab.typed("show configuration")
    )
    assert "unrecognized keyword" in lab.configure("another-global on")
    assert "unrecognized keyword" in lab.configure("strange-service FOUR")  # not of this mode


def test_what_it_saves_it_loads_again() -> None:
    lab = lab_of(imported(FRAGMENT))
    before = lab.typed("show configuration")
    lab.typed("save configuration -noconfirm")
    lab.reload()
    assert lab.typed("show configuration") == before
    assert lab.system.problems == []
    again = imported("\n".join(shown(lab)) + "\n")
    assert shown(lab_of(again)) == shown(lab)


def test_a_chassis_that_learned_nothing_refuses_such_lines() -> None:
    assert "unrecognized keyword" in Lab().configure("fancy-global on")


# Any nesting

WORDS = st.sampled_from(["qqa", "qqb", "qqc x", "qqd 1 2", 'qqe "a  b"', "qqf"])


def blocks(depth: int) -> st.SearchStrategy[list[tuple[str, object]]]:
    """Lines with the lines below them; None where a line opens no block."""
    inner = st.none() if depth == 0 else st.none() | blocks(depth - 1)
    return st.lists(st.tuples(WORDS, inner), max_size=4)


def written(lines: list[tuple[str, object]], indent: str) -> list[str]:
    text: list[str] = []
    for line, below in lines:
        text.append(indent + line)
        if isinstance(below, list):
            text += [*written(below, indent + "  "), f"{indent}#exit"]
    return text


@settings(max_examples=25, deadline=None)
@given(blocks(3))
def test_any_blocks_of_unknown_lines_keep_their_order_and_nesting(
    lines: list[tuple[str, object]],
) -> None:
    text = ["  context A", *written(lines, "    "), "  #exit"]
    made = imported("\n".join(text) + "\n")
    lab = lab_of(made)
    found = shown(lab)
    assert found[found.index("  context A") :] == text
    assert lab.system.problems == []


WORDS = st.from_regex(r"zz[a-z0-9-]{1,6}", fullmatch=True)
LINES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
TREES = st.recursive(
    LINES.map(lambda line: [line]),
    lambda inner: st.tuples(LINES, st.lists(inner, max_size=4)).map(
        lambda pair: [pair[0], *(f"  {line}" for lines in pair[1] for line in lines), "#exit"]
    ),
    max_leaves=12,
)
KNOWN: tuple[list[str], ...] = (
    [],
    ["context ZZ"],
    ["context ZZ", "  interface I loopback"],
    ["context ZZ", "  apn a"],
)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(KNOWN), st.lists(TREES, min_size=1, max_size=4))
@example([], [["zz0"], ["zz0", "#exit"]])
def test_no_unknown_line_of_any_mode_is_lost_or_moved(
    opening: list[str], trees: list[list[str]]
) -> None:
    """Imported, shown, saved, started again, imported again."""
    depth = "  " * (len(opening) + 1)
    inner = "".join(f"{depth}{line}\n" for tree in trees for line in tree)
    before = "".join(f"  {line}\n" for line in opening)
    lab = lab_of(imported(f"{before}{inner}"))
    assert lab.system.problems == []
    shown = lab.typed("show configuration")
    assert inner in shown
    lab.typed("save configuration -noconfirm")
    lab.reload()
    assert lab.typed("show configuration") == shown
    again = secrets.without_license(texts.find(shown, "x").body)[0]
    assert lab_of(imported(again)).typed("show configuration") == shown


@pytest.mark.parametrize(
    "lines",
    [
        "  zz {license}\n  zz {chassis-id}\n",
        "  zz b\n    end of it\n    exit now\n    e\n    no a\n    do b\n  #exit\n",
        "  zz b\n    a 1\n  #exit\n  zz b\n    a 1\n  #exit\n",
        "  zz '''x''' \\d\n",
    ],
)
def test_lines_that_look_like_something_else_are_kept(lines: str) -> None:
    assert lines in lab_of(imported(lines)).typed("show configuration")


def test_a_line_of_a_mode_around_takes_no_unknown_line_out_of_its_mode() -> None:
    inner = "    interface I loopback\n      timestamps\n      zz x\n    #exit\n"
    lab = lab_of(imported(f"  context A\n{inner}  #exit\n"))
    assert inner in lab.typed("show configuration")
    lab.typed("save configuration -noconfirm")
    lab.reload()
    assert inner in lab.typed("show configuration")


def test_what_is_shown_of_it_imports_as_the_same() -> None:
    once = lab_of(imported(FRAGMENT)).typed("show configuration")
    body = secrets.without_license(secrets.without(texts.find(once, "x").body).text)[0]
    assert lab_of(imported(body)).typed("show configuration") == once


def test_all_that_was_shown_is_taken_when_it_was_shown_in_parts() -> None:
    text = "config\n  context A\n  #exit\nend\n[local]h# show conf\nconfig\n  zz b\nend\n"
    assert texts.find(text, "x").body == "  context A\n  #exit\n  zz b\n"


def test_unknown_blocks_stand_within_each_other_to_a_limit() -> None:
    """No file makes the program walk deeper than Python does; what is left out is told."""
    deep = "".join(f"{' ' * depth}zz\n" for depth in range(1, 1500))
    made = imported(deep)
    assert "No more than 32 modes" in made.system.problems[0].text
    assert lab_of(made).typed("show configuration").count("zz\n") == 31
    lab = Lab("asr5500-oos")
    text = f"config\ncontext A\n camel-service C\n{deep.replace('zz', '  zz')}end\n"
    lab.chassis.storage.write(locate("/flash/x.cfg"), text.encode(), START)
    lab.typed("configure /flash/x.cfg")
    while lab.session.awaits is not Awaits.COMMAND:
        lab.wait(1)
    assert 20 < lab.typed("show configuration").count("zz\n") < 32


def test_lines_that_look_like_the_key_of_another_are_kept() -> None:
    lines = "  zz b\n    x\n    x#2\n    x\n    x\n    x 2\n  #exit\n"
    assert lines in lab_of(imported(lines)).typed("show configuration")


def test_a_line_is_counted_without_looking_at_those_before() -> None:
    """A file of one line many times would hold up everybody else."""
    file, block = FileLine(), Node()
    assert [file.count(block, line) for line in ("x", "y", "x", "x")] == [1, 1, 2, 3]
    assert file.count(Node(), "x") == 1


def test_an_unknown_line_without_room_is_refused() -> None:
    lab = lab_of(imported("  zz first\n"))
    lab.system.room = Room(lab.system.running, limit=10)
    lab.typed("configure")
    assert lab.reply("zz second").failed


def test_blocks_without_indentation_are_known_by_their_exit() -> None:
    text = "context A\nqqa 1\nqqb\nexit\ninterface I loopback\nexit\nexit\ncontext B\nexit\n"
    found = shown(lab_of(imported(text)))
    assert found[found.index("  context A") :] == [
        "  context A",
        "    qqa 1",
        "      qqb",
        "    exit",
        "    interface I loopback",
        "    #exit",
        "  #exit",
        "  context B",
        "  #exit",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "  context A\n    pgw-service P\n      zz 1\n    exit\n    zz-service Q\n      a\n      b\n"
        "    exit\n  exit\n  context B\n  exit\n",
        "  context A\n    foo 1\n  exit\n  context B\n    foo 2\n    bar\n  exit\n",
        "  context A\n    zz-service Q\n      inner\n    exit\n    zz 1\n    interface I loopback\n"
        "      ip address 192.0.2.7 255.255.255.255\n    exit\n  exit\n  timestamps\n",
        "  zz b\n    zz c\n      x\n    exit\n  exit\n  context A\n  exit\n",
    ],
)
def test_without_indentation_an_exit_closes_what_it_is_for(text: str) -> None:
    bare = "\n".join(line.strip() for line in text.split("\n"))
    assert flat.indented(bare) == text


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["exit", "#exit", "context A", "interface I", "zz 1", "zz b", "", "# x", "zz \\", "end"]
        )
    )
)
def test_a_text_without_indentation_keeps_its_lines(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert [line.strip() for line in flat.indented(text).split("\n")] == text.split("\n")


def test_remarks_and_empty_lines_between_do_not_matter() -> None:
    bare = "context A\nzz-service Q\n\n# x\ninner\n\nexit\n\nexit\ntimestamps"
    lines = [line for line in flat.indented(bare).split("\n") if line and "#" not in line]
    assert lines == [
        "  context A",
        "    zz-service Q",
        "      inner",
        "    exit",
        "  exit",
        "  timestamps",
    ]


@pytest.mark.parametrize("name", ["asr5500", "asr5000-chapter", "vpc-di"])
def test_known_lines_without_indentation_mean_the_same(name: str) -> None:
    given = texts.find(Lab(name).typed("show configuration"), "x").body
    body = secrets.without_license(given)[0]
    bare = "\n".join(line.strip() for line in body.split("\n"))
    shown_of = [lab_of(imported(text)).typed("show configuration") for text in (body, bare)]
    assert shown_of[0] == shown_of[1]


def test_a_value_over_several_lines_stands_on_one() -> None:
    lab = lab_of(imported('  context A\n    zz "one\\\n two"\n    zz next\n  #exit\n'))
    assert '    zz "one  two"\n    zz next\n' in lab.typed("show configuration")


def test_blocks_without_a_closing_line_are_known_by_their_indentation() -> None:
    text = "context A\n  qqa 1\n    qqb\n  interface I loopback\n    ip address 192.0.2.1/32\n"
    found = shown(lab_of(imported(text)))
    assert found[found.index("  context A") :] == [
        "  context A",
        "    qqa 1",
        "      qqb",
        "    #exit",
        "    interface I loopback",
        "      ip address 192.0.2.1 255.255.255.255",
        "    #exit",
        "  #exit",
    ]


# Texts


@pytest.mark.parametrize(
    "text",
    [
        "config\r\n  context A\r\n  #exit\r\nend\r\n",
        "[local]gw# show configuration\nFriday March 27 17:12:25 UTC 2026\nconfig\n  context A\n"
        "---(more 50%)---\r                \r  #exit\nend\n[local]gw# exit\n",
        "  context A\n  #exit\n",
    ],
)
def test_a_file_and_a_paste_hold_the_same(text: str) -> None:
    assert texts.find(text, "x").body == "  context A\n  #exit\n"


def test_lines_typed_in_configuration_modes() -> None:
    text = (
        "[local]gw# configure\n[local]gw(config)# context A\n[A]gw(config-ctx)# exit\n"
        "[local]gw(config)# end\n[local]gw# show clock\n"
    )
    assert texts.find(text, "x").body == "context A\nexit\n"


def test_numbers_are_those_of_the_source() -> None:
    found = texts.find("\nnoise\nconfig\n  a\n  b\nend\n", "x")
    assert [found.number_in_source(number) for number in (1, 2, 3)] == [4, 5, 0]


@pytest.mark.parametrize("text", ["", "config\nend\n", "\n\n"])
def test_a_text_without_lines_is_refused(text: str) -> None:
    with pytest.raises(texts.TextError, match="expected lines"):
        texts.find(text, "x")


# Secrets


@pytest.mark.parametrize(
    ("line", "clean"),
    [
        ("administrator a encrypted password +B0abcdefgh ftp", "administrator a password {p} ftp"),
        ("radius server 192.0.2.1 encrypted key +A0123456789 port 1812", "radius server 192.0.2.1 "
         "key replaced port 1812"),
        ("snmp community public read-only", "snmp community replaced read-only"),
        ('new-thing secret "two words" on', "new-thing secret replaced on"),
        ("anything +B0abcdefgh len 3", "anything replaced len 3"),
        ("ip address 192.0.2.1 255.255.255.0", "ip address 192.0.2.1 255.255.255.0"),
        ("key chain x", "key chain x"),
        ("x pass-phrase s3 on", "x pass-phrase replaced on"),
        ("x password=s3 on", "x password=replaced on"),
        ("x url ftp://me:s3@192.0.2.1/x", "x url ftp://replaced@192.0.2.1/x"),
        ("x psk s3", "x psk replaced"),
        ("x my-secret s3", "x my-secret replaced"),
        ("x Password s3", "x Password replaced"),
        ("x key 7 s3", "x key 7 replaced"),
        ("x key hex s3 on", "x key hex replaced on"),
        ("x key id 5 secret s3", "x key id 5 secret replaced"),
        ("x encrypted s3", "x replaced"),
        ("x encrypted key s3", "x key replaced"),
        ("x snmp-community s3", "x snmp-community replaced"),
        ("x password 'two s3' on", "x password replaced on"),
        ("x hmac-key s3", "x hmac-key replaced"),
        ("isakmp default secret secret", "isakmp default secret replaced"),
        ("x password secret", "x password replaced"),
        ("no x password s3", "no x password replaced"),
        ("x encrypted password s3 key s4", "x password replaced key replaced"),
        ("local-user password min-length 8", "local-user password min-length 8"),
        ("action priority 5 ruledef R charging-action C monitoring-key 5",
         "action priority 5 ruledef R charging-action C monitoring-key 5"),
        ("neighbor 192.0.2.1 send-community both", "neighbor 192.0.2.1 send-community both"),
        ("set community 100:1", "set community 100:1"),
    ],
)  # fmt: skip
def test_secrets_are_replaced(line: str, clean: str) -> None:
    assert secrets.without(line).text == clean.format(p=secrets.PASSWORD)


def test_no_secret_of_a_line_that_is_known_stays_and_no_such_line_breaks() -> None:
    lines = [(mode, line) for mode in MODES for line, _ in kept_lines(mode)]
    for mode, line in lines:
        clean = secrets.without(line).text
        if clean == line:
            assert not parse(line, mode, Privilege.SECURITY, hidden=True).secrets, line
        else:
            found = parse(clean, mode, Privilege.SECURITY, hidden=True)
            assert {value for _, value in found.secrets} <= {"replaced"}, line


def test_a_license_key_is_left_out_and_lines_keep_their_numbers() -> None:
    text, found = secrets.without_license('a\nlicense key "\\\nVER\n|SIG"\nb\n')
    assert (text, found) == ("a\n\n\n\nb\n", True)


# Platforms


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("port ethernet 5/10\n", "asr5500"),
        ("port ethernet 17/1\nport ethernet 24/1\n", "asr5000"),
        ("port ethernet 1/10\n", "vpc-si"),
        ("port ethernet 1/1\nport ethernet 3/10\n", "vpc-di"),
        ("boot system priority 9 image /flash/qvpc-di-21.28.bin config x\n", "vpc-di"),
        ("context A\n", "asr5500"),
    ],
)
def test_ports_and_images_tell_the_platform(text: str, platform: str) -> None:
    assert guess.platform_of(text).platform == platform
    assert imported(text).system.chassis.platform.name == platform


# The command


def test_the_command_writes_a_definition(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gw.cfg").write_text(f"config\n{FRAGMENT}end\n")
    target = tmp_path / "gw.toml"
    assert main(["chassis", "import", str(tmp_path / "gw.cfg"), "-o", str(target)]) == 0
    told = capsys.readouterr().err
    assert f"{tmp_path}/gw.cfg:3: fancy-global on (config): Unknown command" in told
    assert "unknown lines, kept as they are: 7\n" in told
    assert "lines that the chassis refuses, kept as they are: 1\n" in told
    assert load(str(target)).schema.opaque
    assert main(["chassis", "check", str(target)]) == 0


def test_strict_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "gw.cfg").write_text(FRAGMENT)
    target = tmp_path / "gw.toml"
    given = ["chassis", "import", str(tmp_path / "gw.cfg"), "-o", str(target), "--strict"]
    assert main(given) == 1
    assert "nothing was written" in capsys.readouterr().err
    assert not target.exists()


def test_what_cannot_be_read_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "binary").write_bytes(b"\0\1")
    for name, said in (("missing", "No such file"), ("binary", "expected text")):
        assert main(["chassis", "import", str(tmp_path / name)]) == 2
        assert said in capsys.readouterr().err
