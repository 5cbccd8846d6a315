"""The running configuration: written and read again it is the same; files by the rules of boot."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from staros_cli.chassis.licence import License
from staros_cli.chassis.storage import MemoryStorage, locate
from staros_cli.configuration.tree import INDENT, Node, written
from staros_cli.language.compiled import mode
from staros_cli.language.words import quoted
from tests.lab import START, Lab, service_lines

names = st.from_regex(r"[A-Za-z0-9_.-]{1,12}", fullmatch=True).filter(lambda name: name != "local")
addresses = st.integers(1, 250).map(lambda n: f"198.51.100.{n}")
texts = st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1, max_size=20)
descriptions = texts.filter(lambda text: not set(text) & set('"\\?') and text.strip())


@st.composite
def services(draw: st.DrawFn, bound: str) -> list[str]:
    kind = draw(st.sampled_from(["pgw", "ggsn", "pdsn", "ha"]))
    lines = [f"{kind}-service {draw(names)}"]
    if draw(st.booleans()):
        lines.append(f"description {quoted(draw(descriptions))}")
    lines.append("exit")
    return [*lines, *service_lines(kind, draw(names), bound)] if draw(st.booleans()) else lines


@st.composite
def contexts(draw: st.DrawFn) -> list[str]:
    lines = [f"context {draw(names)}"]
    address = draw(addresses)
    kind = draw(st.sampled_from(["", " loopback", " tunnel"]))
    lines += [f"interface {draw(names)}{kind}", f"ip address {address}/24"]
    if draw(st.booleans()):
        lines += ["ip address 203.0.113.1 255.255.255.0 secondary", "ipv6 address 2001:db8::1/64"]
    lines.append("exit")
    for _ in range(draw(st.integers(0, 2))):
        lines += draw(services(address))
    return [*lines, "exit"]


def license_lines(comment: str) -> list[str]:
    made = License("LAB0000E001", ("pgw", "session-recovery"), comment=comment, issued=START)
    return ('license key "\\\n' + made.key() + '"').split("\n")


single_lines = st.one_of(
    names.filter(lambda name: "." not in name).map(lambda name: [f"system hostname {name}"]),
    st.sampled_from(
        [
            ["autoconfirm"],
            ["no autoconfirm"],
            ["timestamps"],
            ["require session recovery"],
            ["no require session recovery"],
            ["commandguard exec-command reload"],
            ["no license key"],
            ["port ethernet 5/10", "no shutdown", "exit"],
            ["port ethernet 5/11", "vlan 7", "no shutdown", "exit", "exit"],
            ["no port ethernet 5/1"],
        ]
    ),
    names.map(lambda name: [f"no context {name} -noconfirm"]),
    st.text(max_size=10).map(license_lines),
)
scripts = st.lists(contexts() | single_lines, max_size=8)


def as_data(node: Node) -> tuple[object, ...]:
    """A node as plain data, without empty lines that every mode of its kind has."""
    always = mode(node.mode).always if node.mode else ()
    kept = {k: c for k, c in node.children.items() if c.children or k not in always}
    return (node.key, node.line, node.mode, {k: as_data(c) for k, c in kept.items()})


def services_of(lab: Lab) -> list[object]:
    """Every service with what it is bound to and uses."""
    services = lab.chassis.contexts.services()
    return [(c.name, s.name, s.bindings, s.associations) for c, s in services]


@pytest.mark.proves("SR-18")
@settings(max_examples=60, deadline=None)
@given(scripts)
def test_written_and_read_again_it_is_the_same_tree(script: list[list[str]]) -> None:
    lab = Lab("asr5500")
    lab.typed("configure")
    for lines in script:
        for line in lines:
            lab.session.handle(line)
    lab.typed("end")
    before = as_data(lab.system.running)
    text = written(lab.system.running)
    hostname = lab.chassis.hostname
    services = services_of(lab)
    lab.typed("save configuration /flash/saved.cfg -noconfirm")
    lab.configure("boot system priority 1 image /flash/asr5500-21.28.1.bin config /flash/saved.cfg")
    lab.reload()
    assert as_data(lab.system.running) == before
    assert written(lab.system.running) == text
    assert lab.chassis.hostname == hostname
    assert services_of(lab) == services
    assert [p for p in lab.system.problems if "licensed" not in p.text] == []


@pytest.mark.parametrize(
    ("inner", "line"),
    [
        (("port ethernet 5/12", "vlan 7"), "shutdown"),
        (("context A", "interface I loopback"), "description outer"),
        (("context A", "apn internet"), "description outer"),
        (("context A", "class-map name C"), "description outer"),
    ],
    ids=lambda value: value[-1] if isinstance(value, tuple) else value,
)
def test_a_line_behind_an_inner_mode_stays_in_its_mode(inner: tuple[str, ...], line: str) -> None:
    """The inner mode knows such lines as well, and what ends it in a file is a remark."""
    lab = Lab("asr5500-oos")
    indented = [f"{INDENT * depth}{opener}" for depth, opener in enumerate(inner)]
    text = "\n".join(["config", *indented, f"{INDENT}#exit", f"{INDENT}{line}", "end", ""])
    lab.chassis.storage.write(locate("/flash/x.cfg"), text.encode(), START)
    assert lab.typed("configure /flash/x.cfg") == ""
    node = lab.system.running.find(inner[0])
    assert node is not None
    assert line in [child.line for child in node.children.values()]
    innermost = [child for child in node.children.values() if child.mode]
    assert [list(child.children) for child in innermost] == [[]]


def test_a_changed_primary_address_stays_before_the_secondary_ones() -> None:
    lab = Lab("asr5500-oos")
    lab.configure("context A", "interface I loopback", "ip address 192.0.2.1/24")
    lab.configure("context A", "interface I loopback", "ip address 192.0.2.2/24 secondary")
    lab.configure("context A", "interface I loopback", "ip address 192.0.2.7/24")
    text = written(lab.system.running)
    assert text.index("      ip address 192.0.2.7 255.255.255.0") < text.index(
        "      ip address 192.0.2.2 255.255.255.0 secondary"
    )


def test_bad_lines_are_told_with_their_number_and_reading_goes_on() -> None:
    lab = Lab()
    text = "config\n  nonsense\n  system hostname one\n  system hostname\n  timestamps\nend\n"
    lab.chassis.storage.write(locate("/flash/x.cfg"), text.encode(), START)
    assert lab.typed("configure /flash/x.cfg") == (
        "/flash/x.cfg line 2: nonsense\n"
        'Unknown command - "nonsense", unrecognized keyword\n'
        "/flash/x.cfg line 4: system hostname\n"
        'Unknown command - "system hostname", incomplete command\n'
        "/flash/x.cfg: 4 lines taken, 2 refused, the first of them line 2\n"
    )
    assert lab.session.prompt == "[local]one# "
    assert lab.system.running.find("timestamps")


def test_a_file_of_another_chassis_is_refused_one_without_header_is_not() -> None:
    lab, other = Lab("asr5500"), Lab("asr5500-oos")
    other.typed("save configuration /flash/other.cfg")
    data = other.chassis.storage.read(locate("/flash/other.cfg"))
    lab.chassis.storage.write(locate("/flash/other.cfg"), data, START)
    before = written(lab.system.running)
    assert lab.typed("configure /flash/other.cfg") == (
        "Failure: /flash/other.cfg was saved on another chassis\n"
    )
    assert written(lab.system.running) == before
    headless = b"config\n  system hostname taken\nend\n"
    lab.chassis.storage.write(locate("/flash/other.cfg"), headless, START)
    assert lab.typed("configure /flash/other.cfg") == ""
    assert lab.chassis.hostname == "taken"


def boots(*entries: tuple[int, str, str]) -> Lab:
    lab = Lab()
    lab.typed("configure", "no boot system priority 10")
    for priority, image, config in entries:
        lab.typed(f"boot system priority {priority} image {image} config {config}")
    return lab


IMAGE = "/flash/asr5500-21.28.1.bin"


def test_the_lowest_number_boots_and_unusable_entries_are_passed_over() -> None:
    lab = boots(
        (40, IMAGE, "/flash/system.cfg"),
        (20, IMAGE, "/flash/missing.cfg"),
        (30, "/flash/missing.bin", "/flash/system.cfg"),
        (50, IMAGE, "/flash/never.cfg"),
    )
    console = lab.reload()
    assert "Failure: Boot priority 20 cannot be used: /flash/missing.cfg does not exist" in console
    assert "Failure: Boot priority 30 cannot be used: /flash/missing.bin does not exist" in console
    assert "Boot priority 50" not in console
    assert lab.chassis.booted_from is not None
    assert lab.chassis.booted_from.priority == 40
    assert "/flash/asr5500-21.28.1.bin" in lab.typed("show version")


def test_without_a_usable_configuration_only_local_is_there() -> None:
    lab = boots((20, IMAGE, "/flash/missing.cfg"))
    assert "No usable configuration was found" in lab.reload()
    assert lab.typed("show context").splitlines()[2:] == ["local           1            Active"]


def test_boot_stack_is_shown_lowest_first() -> None:
    lab = boots((20, IMAGE, "/flash/b.cfg"), (5, IMAGE, "/flash/a.cfg"))
    lab.typed("end")
    assert lab.typed("show boot") == (
        "\nboot system priority 5 \\\n"
        f"    image {IMAGE} \\\n"
        "    config /flash/a.cfg\n"
        "\nboot system priority 20 \\\n"
        f"    image {IMAGE} \\\n"
        "    config /flash/b.cfg\n\n"
    )


def test_at_most_ten_boot_entries_of_1_to_100() -> None:
    lab = boots(*((n, IMAGE, "/flash/a.cfg") for n in range(1, 11)))
    line = f"boot system priority %d image {IMAGE} config /flash/a.cfg"
    assert lab.typed(line % 11).startswith("Failure: No more than 10")
    assert lab.typed(line % 10) == ""
    assert lab.typed(line % 101).startswith('Failure: Invalid value "101" for <priority>')
    assert lab.typed("no boot system priority 50") == (
        "Failure: There is no boot system priority 50\n"
    )


def test_the_boot_stack_as_it_is_shown_can_be_typed() -> None:
    lab = Lab()
    before = lab.typed("show boot")
    lab.typed("configure", "no boot system priority 10")
    for line in before.splitlines():
        lab.session.handle(line)
    lab.typed("end")
    assert lab.typed("show boot") == before


def test_what_a_port_and_its_vlan_both_know_is_loaded_where_it_was() -> None:
    """A saved file tells only by their order which of the two a line is for."""
    lab = Lab()
    lab.configure(
        "port ethernet 5/12",
        "vlan 7", "no shutdown", "description inner", "priority 1", "exit",
        "shutdown", "description outer", "priority 2", "threshold rx-utilization 80",
    )  # fmt: skip
    text = written(lab.system.running)
    lab.typed("save configuration -noconfirm")
    lab.reload()
    assert written(lab.system.running) == text
    outer = [line.strip() for line in text[text.index("  port ethernet 5/12") :]]
    assert outer.index("description outer") < outer.index("vlan 7") < outer.index("priority 1")


def test_what_was_saved_is_there_for_the_next_chassis_on_the_same_storage() -> None:
    storage = MemoryStorage()
    from staros_cli.chassis.definition import load
    from staros_cli.emulator import provision

    provision(storage, load("asr5500"), START)
    first = Lab("asr5500", storage)
    first.configure("require session recovery", "system hostname kept")
    first.typed("save configuration -noconfirm")
    second = Lab("asr5500", storage)
    assert second.session.prompt == "[local]kept# "
    assert second.status() == "Ready For Recovery"


def test_save_without_boot_stack_names_what_to_do() -> None:
    lab = boots()
    lab.typed("end")
    assert lab.typed("save configuration") == (
        "Failure: No boot system priority is configured, name the file to save to\n"
    )


@pytest.mark.parametrize("url", ["ftp://h/x", "/etc/x", "/flash/../x", "/flash", "/flash/boot.sys"])
def test_save_goes_nowhere_else(url: str) -> None:
    reply = Lab().reply(f"save configuration {url}")
    assert reply.failed
    assert reply.text.startswith("Failure: ")
