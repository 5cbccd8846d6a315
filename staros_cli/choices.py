"""How the emulator behaves where no source tells: what was chosen, for the ledger of fidelity."""

from __future__ import annotations

CHOICES = (
    ("A start takes 2 seconds of chassis time", "A real chassis takes minutes."),
    ("When every management card has failed, the system restarts on the first of them", ""),
    ("Each of `/flash`, `/hd-raid` and `/usb1` has room for 256 MiB in 2000 files", ""),
    ("A save takes no time unless the definition of the chassis gives it some", ""),
    ("Session tasks are up 7 seconds, standby-mode tasks 11 seconds after a start", ""),
    ("The status of Session Recovery is checked 4 seconds after a start and every 10 seconds", ""),
    (
        "The first context besides `local` puts a system in service; what is configured of Session "
        "Recovery at that moment is what takes effect",
        "The chapter says that the command must stand before the first non-local context.",
    ),
    ("Service tasks start with the first service that is bound to an address", ""),
    (
        "Session Recovery needs active and standby packet cards: 3 and 1 on ASR 5000 and VPC-DI, "
        "2 and 1 on ASR 5500; VPC-SI recovers tasks only",
        "ASR 5000 is documented, the others are chosen.",
    ),
    (
        "A DPC2 has two CPUs, a PSC four of which three carry session tasks, virtual cards one",
        "The PSC follows from the chapter's table.",
    ),
    (
        "Session Recovery reserves CPU 0 of the last active packet card for demux tasks; on "
        "ASR 5000 and VPC-DI the whole card",
        "",
    ),
    (
        "Calls over GTP come through two nodes for each group of subscribers, of 198.18.0.0/15 "
        "unless the definition names some; calls of a path that failed come back through the other",
        "",
    ),
    (
        "A peer that falls silent is noticed by the next watchdog or echo that is not answered; a "
        "RADIUS server by the first request, which is taken to be under way at any time",
        "The timers and their defaults are documented, but for the retries of the watchdog. "
        "Probes of RADIUS are not modelled.",
    ),
    ("A Diameter connection is open 0.2 seconds after it was tried", ""),
    (
        "The calls of an APN use the servers of its AAA group; where the APN is not configured, "
        "those of the context of the service that are in no group",
        "",
    ),
    ("Alarms are raised about peers that are down, for every trap that another one clears", ""),
    ("Subscribers come back after a start at the rate of the definition, 50 a second", ""),
    (
        "A key for another chassis or one that has expired is installed with a warning and enables "
        "nothing; a damaged one is refused",
        "",
    ),
    ("Every command that would overwrite or remove a file asks first", ""),
    ("The boot stack is kept in `/flash/boot.sys` and is not part of the configuration", ""),
    (
        "The figures of `show task resources` and `show cpu table` follow from tasks, sessions and "
        "time by formulas of our own",
        "The allocations of sessmgr, aaamgr, sitmain, sitparent, hatcpu, afmgr and rmmgr and the "
        "CPU time of vpnctrl and cli are those seen on a chassis; the others have one allocation.",
    ),
    (
        "An MME service needs one mmemgr on every card with sessmgrs, an ePDG, PDIF or HNB-GW "
        "service an ipsecmgr, an LAC or LNS service an l2tpmgr, an SGSN service a linkmgr",
        "The facilities are known, where a device runs them is not.",
    ),
    ("`save configuration -redundant` finds one file system for both management cards", ""),
    ("The console prints six lines while the system starts", ""),
    (
        "A manager is filled by its peer in 1.5 to 3 seconds, others restart in 2; a "
        "card that fails is recovered in 2.5 to 4.9 seconds, depending on its sessions",
        "The manual gives 0 to 3 seconds for a task and under 5 for a card.",
    ),
    (
        "A planned migration takes 3 seconds and 0.05 for every session, 300 at most; "
        "a switchover of the management cards takes 2 seconds; a card restarts in 60",
        "Minutes for a loaded card and 2 seconds for a switchover are documented.",
    ),
    (
        "A standby-mode task that was used is replaced after 12 seconds",
        "",
    ),
    (
        "`hatsystem`, `sct`, `sessctrl` and `vpnctrl` are critical for StarOS, `sitmain`, "
        "`sitparent` and `hatcpu` for their card",
        "The chapter says that there are critical tasks, not which.",
    ),
    (
        "A call is checkpointed in full when it is connected and every 91 seconds, by micro "
        "checkpoints every 30 seconds, which begin up to a minute later; both lines of a call are, "
        "and while the other side is away the attempts fail",
        "The chapter's example, 69 and 206 at its ages, follows from these figures.",
    ),
    (
        "The recovered line of `debug-info` is that of the manager replaced: the primary line "
        "after a sessmgr failed, the peer line after an aaamgr failed",
        "",
    ),
    (
        "When a card fails and none can take over, its sessions are lost and its tasks wait for a "
        "card to come up, which then is active at once",
        "Otherwise nothing falls back: a repaired card stays standby.",
    ),
    ("A call is connected 0.8 seconds after it came", ""),
    (
        "Calls send and receive in bursts; their length and rate follow from the call identifier "
        "and the `traffic` of the definition. A recovered call goes on with the octets of its last "
        "checkpoint, packets are of 500 octets, and those out of sequence are all put in order",
        "The chapter: only what accounting needs is checkpointed and recovered.",
    ),
    (
        "The status is checked every 10 seconds, and at once when a task or a card fails",
        "The chapter shows ages of 1, 2 and 8 seconds.",
    ),
    (
        "Without a standby card, or with fewer active packet cards than the platform asks for, "
        "tasks are recovered and cards are not; the status says *task recovery only*",
        "The chapter asks for mirrored processes and for packet card memory and CPUs.",
    ),
    (
        "A standby-mode task is started where its allocations of memory and CPU time fit",
        "The chapter: a lack of memory and control processors prevents recovery.",
    ),
    (
        "A sessmgr takes 12,000 calls; a full one uses 90 % of its CPU time, which raises "
        "`CPUWarn`, and `CapacityReached`",
        "The limit is seen on a device, the traps and their thresholds are those of the MIB.",
    ),
    (
        "A sessmgr that loses memory is warned of at 90 % of what it is allowed, over at 150 %, "
        "and aborts at 200 %",
        "The traps are `MemWarn` and `MemOver` by the rule that the names of those about CPU time "
        "follow; the MIB has their numbers and fields.",
    ),
    (
        "The tasks of a card that is migrated move one after the other, by their calls; when the "
        "migration fails those that were moved go back",
        "",
    ),
    (
        "The managers of a card that failed are filled one after the other, the first after 1.5 "
        "seconds",
        "",
    ),
    (
        "Statuses of records other than `Success` and the two of the chapter, and the lines `Lost` "
        "of the verbose form",
        "",
    ),
    (
        "`NPU_LC_CONNECT_TOP_FAIL` shuts a card down, other reasons migrate it; a failure that is "
        "`graceful` is a planned action with a reason, which the summary does not count",
        "So are the records of the chapter's example, and so its summary counts.",
    ),
    (
        "On a virtual system the failure of a card is that of its host, and session recovery does "
        "not cover it; that of a critical task of a CPU is covered",
        "The chapter: kernel, hypervisor and hardware failures call for ICSR.",
    ),
    (
        "IPv6 PDP contexts and bearers of GGSN, P-GW, SGSN and HSGW are not recovered; IPSG is "
        "only on systems that run no other service",
        "The chapter names IPv4, and *IPSG-only systems*.",
    ),
    (
        "A service stays bound to an address that no interface has, and is not started; `show "
        "configuration errors` tells",
        "The manual: a service starts when an interface with the address is up.",
    ),
    (
        "Applied to a running system, a file that requires session recovery is judged by the "
        "license that is there when all of it has been read",
        "",
    ),
    (
        "The texts and event ids of the log lines about a death, readdressing and the recovery of "
        "AAA clients",
        "Their names are known from devices.",
    ),
    ("Processes of a facility that abort have the same stack, and share a crash record", ""),
    ("Evidence (traps, crashes, RCT records, alarms, logs) outlives a restart of StarOS", ""),
    (
        "A service starts when its bindings and associations are complete: a GTP-U service needs "
        "an address, eGTP one for GTP-C, P-GW and S-GW an eGTP service, SAEGW both of these, SGSN "
        "an SGTP service, MME one for S1-MME, a user plane an Sx service and a GTP-U service, all "
        "others an address",
        "That services wait for what they are bound to and associated with is documented; which "
        "of it each needs at least is chosen.",
    ),
    (
        "A call takes its address from the pools that its APN or subscriber template names, else "
        "from the public ones of the context of its service; addresses never used come first, then "
        "those that rest longest. Where there is none, it has that of its definition",
        "That dynamic addresses come from named or public pools by priority is documented.",
    ),
    (
        "A pool with addresses of one before it is inactive; one that is removed while addresses "
        "are in use ends with the last of them",
        "The states stand in the legend of `show ip pool`.",
    ),
    (
        "Calls of an APN that is not configured are refused once the configuration has an APN",
        "A device refuses them always; definitions without APNs would be left without calls.",
    ),
    (
        "A ping is answered by own addresses that are up, next hops of routes in use and peers "
        "that answer, and by nobody else",
        "What other systems exist is not known.",
    ),
    (
        "A subscriber who is refused calls again every minute; where no service is started, nobody "
        "is there to refuse a call",
        "",
    ),
    (
        "Calls that a recovery loses end with `internal-error`, those of a service that stops with "
        "`Local-disconnect`, those that end by themselves with `Remote-disconnect`",
        "The names of the reasons are known.",
    ),
    ("The duration of current calls is counted to half a minute", ""),
    (
        "Packets of a subscriber go through the ports of the context of its service and through "
        "those of the context of its addresses; several ports share them evenly",
        "",
    ),
    (
        "The rules of a rulebase that match some packets have 35 percent of its traffic together "
        "when there is one of them, up to 70 percent when there are many, each by a weight that "
        "follows from the name of its ruledef; the first that matches every packet takes the rest. "
        "Lines that were changed count a second later",
        "What packets subscribers send is not modelled. That rules are asked by priority, and that "
        "the first match counts, is documented.",
    ),
    (
        "A card that is too hot for a minute goes down and stays so; with a fan tray missing the "
        "others run at full speed and everything is 8 or 9 degrees warmer",
        "That overheated cards switch themselves off is documented.",
    ),
    (
        "Time limits of calls are looked at once a second, of more than 20,000 calls less often",
        "",
    ),
    (
        "While a file is read, `#exit` ends the mode that a line as far indented as itself opened",
        "That it is a remark is documented; without this a file would not load as it was saved "
        "where a line behind a mode is one of that mode as well.",
    ),
    (
        "A port that is put in use has its link at once, and the traps `PortUp` and `PortDown` are "
        "raised but for ports of a configuration that is being loaded",
        "",
    ),
    (
        "Time servers are of stratum 1 and are polled every 64 seconds at first, half as often "
        "each time that eight polls were answered, up to 1,024; the time is taken from the one "
        "that is preferred or the first that answers, and nothing of it shows in the clock",
        "The intervals are the defaults of the protocol, the traps those of the MIB.",
    ),
    (
        "`mode standby` lets an active card hand over at once; `mode active` of a standby card "
        "takes effect at a start, where the other packet cards are standby then",
        "",
    ),
    (
        "`shutdown` of a card does what `card halt` does; a start leaves such a card down, and a "
        "standby card has its role",
        "",
    ),
    (
        "A session with a BGP neighbor opens five seconds after it can be reached, where an "
        "interface that is up is in its network, and exchanges no routes",
        "The traps are those of the MIB, their text is remembered.",
    ),
    (
        "Access lists filter what `ping` and `traceroute` send and get, nothing of subscribers; "
        "one that is not there lets all pass unless `access-list undefined` says otherwise",
        "",
    ),
    (
        "Ports of a card that is down and has no pair, as on VPC-DI, carry their interfaces on; "
        "those with a pair are stood in for by it",
        "",
    ),
    (
        "BGP sessions and time servers need an interface that is up, and ask neither routes nor "
        "access lists",
        "",
    ),
    (
        "What cards of VPC-DI exchange follows from the ports that packets take and from the cards "
        "that hold their calls; tasks exchange nothing else",
        "",
    ),
    (
        "Congestion is measured by licenses, sessions of a service and traffic of ports, when "
        "calls change; `redirect` refuses calls as `reject` does, `drop` does not answer them",
        "Thresholds, tolerance and actions are documented, the traps are those of the MIB. CPUs, "
        "memory and queues are never congested here.",
    ),
    (
        "A port that loses its link is stood in for by that of the other management card, unless "
        "that is shut; `PortLinkDown` tells of the link, `PortDown` of a port without a stand-in",
        "Numbers and names of the traps are known, and the words of the alarm `Port link down`.",
    ),
    (
        "The other chassis of a pair is emulated: it has our configuration with the opposite mode, "
        "is healthy unless a test command says otherwise, and its calls neither come nor go while "
        "it is active",
        "Modes, states, the tie-break, the order of steps and the reasons of traps are documented.",
    ),
    (
        "Calls that move to the other chassis end with `Local-purge` and come back with their age "
        "and address, and no server is told of either; those too young for a checkpoint are lost, "
        "whatever kind of session they are",
        "That sessions are checkpointed once they are older than a duration is documented.",
    ),
    (
        "A switchover flushes for 1 second and converges for 2; its time-outs are never reached. "
        "A call is checkpointed in full when it is old enough, when a connection is made and every "
        "period, by a micro checkpoint each minute",
        "The default duration and period are documented.",
    ),
    (
        "A chassis whose link is lost while the other one serves stays PendingActive, and is "
        "standby again when the link is back",
        "That it waits for traffic in that state is documented.",
    ),
    (
        "BGP neighbors, Diameter peers and authentication probes are monitored. BFD, HSRP, EGQC "
        "and Sx monitors, NACKs, timers for internal failures and route "
        "advertisement by role are only kept; switchovers by BGP do not revert by themselves",
        "What the timers and monitors are for is documented.",
    ),
    (
        "Audits of a pair are made only where one is configured or asked for, and find nothing",
        "Their periods are documented.",
    ),
    (
        "A switchover of AAA or Diameter is made once, until a server is up again or the failure "
        "is reset by command",
        "That it is not revertible, and that a command resets it, is documented.",
    ),
    (
        "Route modifiers begin with 3 and 4; the chassis that steps down takes that of the other "
        "one and one more, up to the threshold",
        "That the active chassis has the lower one is documented.",
    ),
    (
        "Without a license for ICSR the Service Redundancy Protocol does not run and the chassis "
        "serves alone, as it does until both addresses are configured",
        "That both chassis need a license is documented.",
    ),
    (
        "Samples and transfers of bulk statistics stand on the grid of UTC, a second behind it, a "
        "transfer behind the sample of its time; what does not get through waits for the next. "
        "Transfers take no time, and none is made without records. Each begins with the primary "
        "receiver; both are reached from the local context like time servers",
        "The second, and that records have one time, are captured; so are the order of records "
        "within an object and that octets transmitted have the first and the last line.",
    ),
    (
        "The limit of bulk statistics is that of all files together, 1,000 KB by default; what is "
        "gathered at a time is discarded together. A sample has 20,000 records at most, 2,000 "
        "schemas are used, and a clock that jumps leaves out all but the last 500 samples",
        "The range of the limit, that the oldest is discarded and the trap at 80 % are documented.",
    ),
    (
        "In bulk statistics a variable that the model does not know is empty, `%` without a name "
        "is text, kinds of schemas without objects make no records, kinds come as configured, a "
        "record ends its line by itself. They begin at zero with a start, however long ago it was",
        "Empty values, a record for each object and the two decimals of percentages are captured.",
    ),
    (
        "A standby chassis of a pair gathers bulk statistics as well unless `no gather-on-standby` "
        "says otherwise, but none of schemas that are `active-only`; `local-file` and `bulkstats "
        "config` change nothing",
        "The names are captured, what they mean is a guess.",
    ),
)
"""Behaviour that no source tells, with what is known about it."""
