"""Screens of the device that are refused because the model has nothing to say, for the ledger."""

from __future__ import annotations

NOT_MODELLED = (
    ("show cloud hardware iftask", "The threads that forward packets on a virtual card."),
    ("show cloud hardware optimum", "What a host would have to offer for a better one."),
    ("show cloud hardware test", "Tests of the hardware of a host."),
    ("show crypto", "Associations of IPSec."),
    ("show diameter statistics proxy", "Counts by the task that a message went through."),
    ("show egtpc sessions", "Sessions of GTP apart from the calls that have them."),
    ("show fabric", "The fabric between the cards of an ASR 5500."),
    ("show gmm-sm statistics", "Procedures of an SGSN."),
    ("show iftask", "The threads that forward packets on a virtual card."),
    ("show lawful-intercept", "Interception."),
    ("show linecard", "Line cards of an ASR 5000."),
    ("show messenger", "Messages between tasks."),
    ("show patch", "Patches of software."),
    ("show s4-sgsn statistics", "Procedures of an SGSN."),
    ("show sctp statistics", "Counts of SCTP."),
    ("show sgtp-service", "Services of an SGSN beside the SGSN itself."),
    ("show sgtpc statistics", "Messages of an SGSN."),
    ("show sgtpu statistics", "Messages of an SGSN."),
    ("show user-plane", "The packet processing of a user plane beside its sessions."),
)
"""Commands by their first words, and what they would tell of."""
