"""Layouts about credit control."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.chassis.credit.counts import Counted, Statistics
from staros_cli.rendering.layout import layout
from staros_cli.rendering.peers import counters
from staros_cli.rendering.values import Lines, Screen, Shown, screen

NOT_CORRELATED = "Nil - (Uncorrelated)"
"""The name above what belongs to no group."""

_SENT = (Counted.INITIAL, Counted.UPDATES, Counted.FINAL)
_ANSWERS = (Counted.INITIAL_ANSWERS, Counted.UPDATE_ANSWERS, Counted.FINAL_ANSWERS)
_TIMEOUTS = (Counted.INITIAL_TIMEOUTS, Counted.UPDATE_TIMEOUTS, Counted.FINAL_TIMEOUTS)
_CURRENT, _OFFLINE, _ASSUMED = "current", "offline", "assumed"
_NEVER: tuple[Counted, ...] = ()
_What = tuple[Counted, ...] | str
"""What a label counts: the sum of these, none of them, or a number of sessions that are there."""


def _of(label: str, *counted: Counted) -> tuple[str, _What]:
    return label, counted


def _codes(*codes: int) -> tuple[tuple[str, _What], ...]:
    return tuple((f"Result Code {code}", _NEVER) for code in codes)


def _pairs(*labels: str) -> tuple[tuple[tuple[str, _What], ...], ...]:
    """Rows of what happens to nobody here, two labels on a line."""
    cells = [(label, _NEVER) for label in labels]
    return tuple(tuple(cells[at : at + 2]) for at in range(0, len(cells), 2))


_OTHER_CODES = _codes(5003, 4010, 4011, 4012, 5031)
_BLOCKS: tuple[tuple[str, tuple[tuple[tuple[str, _What], ...], ...]], ...] = (
    (
        "CC Session Stats",
        (
            (("Total Current Sessions", _CURRENT),),
            (_of("Total ECS Adds", Counted.STARTS), _of("Total CC Starts", Counted.STARTS)),
            (
                _of("Total Session Updates", Counted.UPDATE_ANSWERS),
                _of("Total Terminated", Counted.TERMINATED),
            ),
            (_of("Session Switchovers", Counted.SWITCHOVERS),),
        ),
    ),
    (
        "CC Message Stats",
        (
            (_of("Total Messages Received", *_ANSWERS), _of("Total Messages Sent", *_SENT)),
            (_of("Total CC Requests", *_SENT), _of("Total CC Answers", *_ANSWERS)),
            (_of("CCR-Initial", Counted.INITIAL), _of("CCA-Initial", Counted.INITIAL_ANSWERS)),
            (
                _of("CCA-Initial Accept", Counted.INITIAL_ANSWERS),
                _of("CCA-Initial Reject"),
            ),
            (_of("CCA-Initial Timeouts", Counted.INITIAL_TIMEOUTS),),
            (_of("CCR-Update", Counted.UPDATES), _of("CCA-Update", Counted.UPDATE_ANSWERS)),
            (_of("CCA-Update Timeouts", Counted.UPDATE_TIMEOUTS),),
            (_of("CCR-Final", Counted.FINAL), _of("CCA-Final", Counted.FINAL_ANSWERS)),
            (_of("CCA-Final Timeouts", Counted.FINAL_TIMEOUTS),),
            *_pairs("CCR-Event", "CCA-Event", "CCA-Event Timeouts", "CCR-Event Retry"),
            *_pairs("ASR", "ASA", "RAR", "RAA", "CCA Dropped"),
        ),
    ),
    (
        "CC Message Error Stats",
        (
            *_pairs("Diameter Protocol Errs", "Transient Failures"),
            *_pairs("Permanent Failures", "Bad Answers"),
            *_pairs("Unknown Session Reqs", "Unknown Command Code"),
            (_of("Request Timeouts", *_TIMEOUTS), _of("Parse Errors")),
            *_pairs("Unknown Rating Group", "Unknown Rulebase", "Unk Failure Handling"),
        ),
    ),
    (
        "Backpressure Stats",
        _pairs("CCR-I Messages ", "CCR-U Messages ", "CCR-T Messages ", "CCR-E Messages "),
    ),
    (
        "CC Update Reporting Reason Stats",
        (
            (_of("Threshold", Counted.THRESHOLD), _of("QHT")),
            (_of("Final", Counted.FINAL), _of("Quota Exhausted", Counted.EXHAUSTED)),
            (_of("Validity Time", Counted.VALIDITY), _of("Other Quota")),
            *_pairs("Rating Condition Change", "Forced Reauthorization"),
        ),
    ),
    (
        "CC Termination Cause Stats",
        (
            (_of("Diameter Logout", Counted.LOGOUT), _of("Service Not Provided")),
            (_of("Bad Answer"), _of("Administrative", Counted.ADMINISTRATIVE)),
            (_of("Link Broken", Counted.LINK_BROKEN), _of("Auth Expired")),
            (_of("User Moved"), _of("Session Timeout", Counted.SESSION_TIMEOUT)),
        ),
    ),
    (
        "CC Bad Answer Stats",
        (
            *_pairs("Auth-Application-Id", "Session-Id", "CC-Request-Number", "CC-Request-Type"),
            *_pairs("Origin-Host", "Origin-Realm", "Parse-Message-Errors", "Parse-Mscc-Errors"),
            *_pairs("Misc"),
        ),
    ),
    (
        "CC Traffic Category Stats",
        (
            (
                _of("Category Creates", Counted.CATEGORIES),
                _of("Category Deletes", Counted.CATEGORIES_GONE),
            ),
            *_pairs("Category Lookups"),
            *_pairs("Hits", "Misses", "Trigger Events", "Final Unit Consumed"),
            *_pairs("MSCC GSU Null Grant", "MSCC FUI Redirect"),
            (_of("Category Success", Counted.GRANTS), _of("Rating Failed")),
            *_pairs("Service Denied", "Limit Reached", "Auth Rejected", "Other Errors"),
        ),
    ),
    *(
        (
            f"CCA {request} Message Stats",
            (
                (_of("Result Code 2001", answers), _OTHER_CODES[0]),
                _OTHER_CODES[1:3],
                _OTHER_CODES[3:],
            ),
        )
        for request, answers in (
            ("Initial", Counted.INITIAL_ANSWERS),
            ("Update", Counted.UPDATE_ANSWERS),
        )
    ),
    ("CCA Event Message Stats", _pairs("Result Code 2001", "Other Result Codes")),
    (
        "Failure Handling Stats",
        (
            (
                _of("Action-Terminated", Counted.ACTION_TERMINATED),
                _of("Action-Continue", Counted.ACTION_CONTINUE),
            ),
            (("Offline Active Sessions", _OFFLINE), _of("Action-Discard")),
        ),
    ),
    (
        "CCA Result Code 2xxx Stats",
        (
            (_of("Result Code 2xxx"), _of("Result Code 2001", *_ANSWERS)),
            _codes(2002),
        ),
    ),
    ("CCA Result Code 4xxx Stats", (_codes(4001, 4002), _codes(4010, 4011), _codes(4012))),
    (
        "CCA Result Code 5xxx Stats",
        (
            *(_codes(5001, 5002), _codes(5003, 5004), _codes(5005, 5006), _codes(5031)),
            *_pairs("All Other Result Codes"),
        ),
    ),
    ("CCA Initial Experimental Result Code Stats", _pairs("Exp Result Code 5199")),
    (
        "OCS Unreachable Stats",
        (
            (_of("Tx-Expiry", Counted.TX_EXPIRY), _of("Response-TimeOut")),
            (
                _of("Connection-Failure", Counted.CONNECTION_FAILURE),
                _of("Action-Continue", Counted.UNREACHABLE_CONTINUE),
            ),
            (
                _of("Action-Terminated", Counted.UNREACHABLE_TERMINATED),
                _of("Server Retries", Counted.SERVER_RETRIES),
            ),
        ),
    ),
    (
        "Assumed-Positive Sessions",
        ((("Current", _ASSUMED), _of("Cumulative", Counted.ASSUMED_POSITIVE)),),
    ),
)


@layout(
    "show active-charging credit-control statistics",
    "capture",
    "Servers grant whatever is asked. Lookups of categories, and what servers ask themselves, are "
    "not modelled. It is not known what `Result Code 2xxx` counts. Each group has a block like the "
    "one that was captured, which stands behind them.",
)
def statistics(found: Sequence[Statistics]) -> Screen:
    """What was asked of servers of credit control, by group."""
    parts: list[Shown | str] = []
    for each in found:
        parts += ["", *_group(each)] if parts else _group(each)
    return screen(*parts)


def _group(found: Statistics) -> list[Shown | str]:
    heading = Lines([f"  Credit Control Group  : {found.group}"], {"group": found.group})
    blocks: list[Shown | str] = [heading]
    for title, rows in _BLOCKS:
        cells = (tuple((label, _value(found, what)) for label, what in row) for row in rows)
        blocks += ["", counters(f"    {title}:", cells, 6)]
    return blocks


def _value(found: Statistics, what: _What) -> int:
    if isinstance(what, str):
        return {
            _CURRENT: found.current,
            _OFFLINE: found.offline,
            _ASSUMED: found.assumed,
        }[what]
    return sum(found.tally[counted] for counted in what)
