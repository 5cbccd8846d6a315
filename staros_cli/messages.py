"""Every message of the device, once, with the evidence for its wording.

Left of everything else: the model refuses with these, the language complains with these, and
`docs/fidelity.md` is generated from them.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from staros_cli.errors import StarosError

Evidence = Literal["seed", "doc", "capture", "client", "chosen"]


class Message(Struct, frozen=True):
    """A message with places for what varies, and how sure its wording is."""

    text: str
    evidence: Evidence = "chosen"

    def __call__(self, **values: object) -> str:
        """The message with its places filled."""
        return self.text.format(**values) if values else self.text


class Refused(StarosError):
    """The device refuses: a rule of the model forbids what was asked. Nothing was changed."""

    def __init__(self, message: Message, **values: object) -> None:
        super().__init__(message(**values))
        self.message = message


# Lines that are not commands
UNKNOWN_KEYWORD = Message('Unknown command - "{word}", unrecognized keyword', "client")
AMBIGUOUS_KEYWORD = Message('Unknown command - "{word}", ambiguous keyword ({keywords})')
INCOMPLETE_COMMAND = Message('Unknown command - "{line}", incomplete command')
BAD_VALUE = Message('Invalid value "{word}" for {placeholder}: {allowed} is expected')
OPEN_QUOTE = Message("The closing quote is missing")
NOT_ALLOWED = Message("This command needs the privilege of {privilege}")
LINE_TOO_LONG = Message("The line is longer than {limit} characters")
NOT_TEXT = Message("The line holds control characters")
LINE_BREAK = Message("A value cannot hold a line break")

HARD_PATTERN = Message('The search for "{pattern}" takes too long')
SKIPPING = Message("...skipping")
PATTERN_NOT_FOUND = Message("Pattern not found")
BAD_PATTERN = Message("Invalid regular expression: {pattern}: {reason}")

# Asking
ARE_YOU_SURE = Message("Are you sure? [Yes|No]: ", "seed")
ABORTED = Message("Action aborted")
COMMANDGUARD = Message("Info: commandguard prevents autoconfirm of this command", "doc")

# Addresses
POOL_CHANGED = Message("Cannot modify Pool, once pool is configured!", "client")
POOL_INACTIVE = Message(
    "Pool {name} of context {context} is inactive\n- a pool before it has addresses of it"
)
POOL_MISSING = Message("apn {apn}\n- there is no pool {name} in context {context}")
NO_SUCH_POOL = Message("There is no pool {name} in context {context}")
NO_POOLS = Message("No pools are configured in context {context}")
NO_SUCH_POOL_ADDRESS = Message("No address of these pools matches")
NO_SUCH_APN = Message("No APN found")

# Service Redundancy Protocol
SRP_NOT_CONFIGURED = Message("Service Redundancy Protocol is not configured")
SRP_NOT_RUNNING = Message(
    "Service Redundancy Protocol does not run\n- show configuration errors tells why"
)
SRP_NOT_ACTIVE = Message("Chassis is not in the active state")
SRP_NOT_STANDBY = Message("Chassis is not in the standby state")
SRP_NOT_CONNECTED = Message("No standby chassis is connected")
SRP_NO_SWITCHOVERS = Message("No switchover has occurred")
SRP_NO_POST_PROCESS = Message("No post-switchover process is running")
SRP_NO_AUDIT = Message("No audit was done")
SRP_MISMATCHED = Message(
    "{count} session manager(s) not connected to the peer chassis\n"
    "- use the force keyword to switch over regardless"
)
SRP_INCOMPLETE = Message("Configure bind address and peer-ip-address for the protocol to run")
SRP_NOT_LICENSED = Message("The protocol does not run without a license for ICSR")
SRP_FAMILIES = Message("bind address and peer-ip-address are not of the same address family")
SRP_DEAD_INTERVAL = Message("dead-interval is less than three times hello-interval")
SRP_NOTHING_TO_MONITOR = Message("monitor of {kind} {address}\n- not there in context {context}")

# Networks
NO_SUCH_VRF = Message("There is no VRF {name} in context {context}")
NOT_AN_OWN_ADDRESS = Message("No interface of this context that is up has the address {address}")
UNREACHABLE = Message("ping: sendto: Network is unreachable")
OTHER_VERSION = Message("Invalid address {address}: expected one of IPv{version}")
NO_ROUTE = Message("No route to {address}")
NO_LIVE_LOG = Message("No active logging filters")
NO_DNS_CLIENT = Message("There is no DNS client {name} in context {context}")
NO_SUCH_PLUGIN = Message("There is no plugin {name}")
TOO_MANY_WATCHED = Message("No more than {most} subscribers can be watched in a session")
NOT_WATCHED = Message("This session does not watch {subscriber}")
NO_SUCH_CPU = Message("No running card has such a CPU")
NO_CORE = Message(
    "No {kind} can be taken of {facility}: the tasks of the emulator have no memory of their own; "
    "task kill leaves a crash record"
)
NO_ARP_ENTRY = Message("No ARP entry for {address} in context {context}")
NO_SUCH_SESSION = Message("No session of another administrator matches: {name}")
CLOSED_BY = Message("Info: The session was closed by {name}")
NO_DEBUG_SHELL = Message(
    "You do not have permission to run the debug shell: it is not emulated, and nothing that is "
    "typed here is run on the host"
)
NO_WAY_OUT = Message("This emulator opens no {word} sessions to other machines")

BINDS_AT_MASTER = Message(
    "Port {port} is a member of a group: bind interfaces at its master {master}"
)

# Environment
NOT_VIRTUAL = Message("This command is for virtual systems")
NO_ENVIRONMENT = Message("A virtual system has no fans, power units or temperatures of its own")
NO_SUCH_FAN = Message("There is no fan tray {name}: expected one of {known}")
NO_SUCH_DISK = Message("Card {slot} has no disk of the array: those of {slots} have")
SCENARIO_PLAYS = Message("Scenario {name} is being played")
NO_SUCH_SCENARIO_PLAYS = Message("Scenario {name} is not being played")
NO_SUCH_SCENARIO = Message("There is no scenario {name}, expected one of {known}")
TOO_MANY_SCENARIOS = Message("{most} scenarios are being played, no more can be")

NO_PCF = Message("No PCF data available")
NO_BGP = Message("BGP is not running in context {context}")
NO_BGP_IN_VRF = Message("BGP is not running in VRF {vrf} of context {context}")
NO_NEIGHBOR = Message("There is no BGP neighbor {address} in context {context}")
NO_ACCESS_LIST = Message("There is no access list {name} in context {context}")
NO_STANDBY_MANAGEMENT = Message("There is no standby management card")
FILES_UPDATED = Message("{count} updated on card {slot}")
SYSTEM_DOWN = Message("The system has gone down and starts again")
NO_HOST = Message("{address} is not the address of a system")
RANGE_REVERSED = Message("A range begins with its first address, got {first} to {last}")
HAS_MASTER = Message("Group {group} has the master {master}")
CARRIES_INTERFACE = Message(
    "Port {port} carries interface {name}: a member of a group carries none"
)
NTP_NOT_RUNNING = Message("NTP is not running")
BULKSTATS_NOT_RUNNING = Message("Collection of bulk statistics is not enabled")
BULKSTATS_ON_STANDBY = Message("Bulk statistics are not gathered on a standby chassis")
NO_BULKSTATS_RECEIVER = Message("No receiver of bulk statistics is configured")
BULKSTATS_NOT_SENT = Message("No receiver took the bulk statistics of file {files}")
NO_BULKSTATS_FILE = Message("File {number} not configured", "doc")
NO_BULKSTATS_WAIT = Message("No bulk statistics wait for a transfer")
NO_BULKSTATS_SCHEMAS = Message("No schemas of bulk statistics are configured")
NOTHING_FAILED = Message("Nothing is wrong with {name}")

NO_SERVICE_OF_KIND = Message("There is no {kind}-service{name}")

OUTPUT_URL = Message("Warning: Changed output URL to file: {url}", "capture")
TOO_MANY_LINES = Message(
    "The output is longer than {most} lines: expected a filter that fewer objects meet"
)
TOO_MUCH_TO_SHOW = Message("The screens are larger than {limit} bytes")

# Users
TOO_MANY_USERS = Message("No more than {limit} users can be configured")
NO_SUCH_USER = Message("There is no such user: {name}")
NO_SUCH_KEY = Message("User {name} has no authorized key")
BAD_PUBLIC_KEY = Message("Invalid public key: expected the text of an OpenSSH .pub file")
LOGIN_BANNER = Message("Cisco Systems {platform} Intelligent Mobile Gateway", "client")
LAST_LOGIN = Message("Last login: {time} from {origin}")
LOGIN_PROMPT = Message("login: ", "client")
PASSWORD_PROMPT = Message("password: ", "client")
USER_REMOVED = Message("Info: The session is closed, user {name} was removed or has lost the level")
LOGIN_INCORRECT = Message("Login incorrect")
TOO_MANY_SESSIONS = Message("No more than {limit} sessions are possible at the same time")
TIMED_OUT = Message("Info: The session is closed after {seconds} seconds ({limit} timeout)")

# Several administrators
OTHERS_CONFIGURE = Message(
    "Warning: One or more other administrators may be configuring this system", "doc"
)
LOCK_TAKEN = Message(
    "Info: No one else can access config mode while you have the exclusive lock", "doc"
)
LOCK_HELD = Message(
    "User {username} has the exclusive lock\n"
    "- please enter 'show administrators' for more information",
    "doc",
)
LOCK_NOT_FREE = Message(
    "Another administrator is still in configuration mode\n"
    "- please enter 'show administrators' for more information",
    "doc",
)
LOCK_WAIT = Message(
    "please wait for this message to be sent to the other administrators......", "doc"
)
LOCK_WANTED = Message(
    "Administrator {username} requires exclusive access to configuration mode\n"
    ">>> You need to exit from configuration mode as soon as possible <<<",
    "doc",
)
THROWN_OUT = Message("Info: Administrator {username} took configuration mode for exclusive access")
SAVE_LOCKED = Message(
    "Configuration mode is currently locked, use ignore-lock to ignore lock", "doc"
)
GOING_DOWN = Message("Administrator {username} is taking the system down")
WAITING_FOR_SAVES = Message("Info: The system goes down when the running saves have ended")
LOCK_IGNORED = Message(
    "Warning: Ignoring the configuration mode lock held by another administrator", "doc"
)
TEST_PASSWORD_PROMPT = Message("Password: ", "client")
ARE_YOU_SURE_Y_N = Message("Are you sure? [Y/N]: ", "doc")

# Contexts and services
NO_SUCH_CONTEXT = Message("The context {name} does not exist")
REMOVED_MEANWHILE = Message("The object of the command was removed meanwhile")
LOCAL_STAYS = Message("The context local cannot be removed")
TOO_MANY_CONTEXTS = Message("No more than {limit} contexts can be configured")
NO_SUCH_INTERFACE = Message("The interface {name} does not exist in context {context}")
NO_SUCH_SERVICE = Message("The service {name} does not exist in context {context}")
SERVICE_NAME_TAKEN = Message("The name {name} is in use by a {kind} service of context {context}")
ADDRESS_TAKEN = Message("The address {address} is in use by interface {name}")
NO_PEERS_OF_ENDPOINT = Message("The Diameter endpoint {name} has no peers")
NO_DIAMETER_ENDPOINT = Message("There is no Diameter endpoint {name}")
NO_RADIUS_SERVERS = Message("No RADIUS servers match the specified criteria")
NO_LINK_GROUPS = Message("No link aggregation groups match the specified criteria")
NO_GTPP_SERVERS = Message("No GTPP servers match the specified criteria")
NO_GTP_SERVICES = Message("No {kind} service matches the specified criteria")
NO_PATHS = Message("No peers match the specified criteria")
NO_IMS_SERVICE = Message("No IMS authorization service matches the specified criteria")
NO_ROUTES = Message("No routes configured under endpoint : {endpoint}", "capture")
NO_NAS_IP = Message("NAS-IP is not configured in Group <{group}> , Context <{context}>", "capture")
AGENT_NOT_ACTIVE = Message(
    "Charging-agent IP <{agent}> of {group} GTPP group is NOT ACTIVE, context <{context}>",
    "capture",
)
NO_SUCH_PEER = Message("No peer has the address {address}: the peers are {known}")
PEER_NOT_DOWN = Message("The peer {address} is not held down")
TOO_MANY_PEERS_DOWN = Message("No more than {limit} peers can be held down")
SERVICE_NOT_STARTED = Message(
    "Warning: The {kind} service {name} of context {context} is not started\n- {reason}"
)
NOT_BOUND = Message("it is not bound to an address")
ADDRESS_MISSING = Message("no interface of the context has its address {address}")
INTERFACE_DOWN = Message("no port in use carries the interface {name}, which has {address}")
NOT_ASSOCIATED = Message("no {kind}-service is associated with it")
NO_CONTROL_PLANE = Message(
    "Warning: The user-plane service {name} of context {context} has no control plane"
)
SIDE_TAKEN = Message("The gtpu-service {name} is associated on the side {side} already")
NO_ASSOCIATED_SERVICE = Message("there is no {kind}-service {name} in context {context}")
ASSOCIATED_DOWN = Message("the {kind}-service {name} of context {context} is not started")
INTERFACE_KIND = Message("The interface {name} exists, and is of the kind {kind}")
NO_PRIMARY_ADDRESS = Message("The interface {name} has no primary address yet")
NO_SUCH_ADDRESS = Message("The interface {name} does not have the address {address}")
TOO_DEEP = Message("No more than {limit} modes can stand within each other")
IN_REFUSED_BLOCK = Message('Not taken: it belongs to "{line}", which was refused')
SECONDARY_LEFT = Message("The interface {name} has secondary addresses, remove them first")
NEEDS_NO_PORT = Message("The interface {name} is of the kind {kind}, which needs no port")
INTERFACE_BOUND = Message("The interface {name} is bound to port {port}")
NO_CHARGING_OBJECT = Message("No {kind} matches the specified criteria")
NO_CHARGING_RULEDEF = Message("No {use} ruledef(s) match the specified criteria", "capture")
NO_CREDIT_GROUP = Message("rulebase {rulebase}\n- credit-control group {name} is not configured")
NO_CREDIT_GROUP_OF = Message("{place}\n- credit-control group {name} is not configured")
NO_CREDIT_CONTROL_GROUP = Message("There is no credit control group {name}")
NO_CREDIT_CONTROL_SERVER = Message("No credit control group uses the server {name}")
UNUSED_RULEDEF = Message(
    "Ruledef <{name}> is not used in any rulebase or group-of-ruledefs. "
    "It can be a dynamically enabled ADC ruledef and could be ignored",
    "capture",
)
UNUSED_RULEDEF_GROUP = Message(
    "group-of-ruledefs <{name}> is not used in any rulebase. "
    "It can be a dynamically enabled ADC group and could be ignored",
    "capture",
)
PORTS_WITHOUT_OR = Message(
    'Charging Ruledef <{name}> uses multiple "{field}" lines but does not have a '
    '"multi-line-or all-lines"',
    "capture",
)
DEFAULT_RULE_NOT_LAST = Message(
    'Default rule (i.e. a ruledef with just the "ip any-match = TRUE" expression) is specified in '
    "the rulebase <{rulebase}>, but not at lowest priority action command",
    "capture",
)
RULE_BEHIND = Message("{before} leaves it nothing, it matches every packet")
RULE_IDLE = Message("{rule} (rulebase {rulebase})\n- {reason}")
RULEDEF_ASKED = Message("{before} takes what the ruledef {name} matches")
RULEDEF_FOR = Message("the ruledef {name} is for {use}")
RULEDEF_EMPTY = Message("the ruledef {name} has no line that matches packets")
NO_OBJECT = Message("No {kind} is configured")
NO_CHARGING_SERVICE = Message("There is no active charging service")
NO_SUCH_VLAN = Message("No port has VLAN {vlan}")
NO_SUCH_PORT = Message("Port {port} does not exist: {expected}")

# Licence
KEY_DAMAGED = Message("The license key is damaged: {reason}")
KEY_OTHER_CHASSIS = Message(
    "Warning: The license key is for chassis {key}, this is {chassis}\n"
    "- no feature of the key is enabled"
)
KEY_EXPIRED = Message(
    "Warning: The license key expired on {date}\n- no feature of the key is enabled"
)
NO_KEY = Message("No license key is installed")

# Session recovery
NOT_LICENSED = Message("Session Recovery is not licensed on this system")
RUNS_WITHOUT = Message(
    "Warning: Session Recovery is configured and not licensed\n- the system runs without it"
)
NEEDS_RELOAD = Message(
    "Warning: This change takes effect only after the system has been restarted\n"
    "- please save the configuration and enter 'reload'"
)
READY = Message("Ready For Recovery", "seed")
NOT_READY = Message("SESSMGR Not Ready For Recovery", "seed")
NOT_ENABLED = Message("Session Recovery Not Enabled")
LACKING = Message("Not Ready For Recovery ({reason})")

# Files
NO_SUCH_FILE = Message("{url} does not exist")
NO_SUCH_DIRECTORY = Message("The directory {url} does not exist")
IS_DIRECTORY = Message("{url} is a directory")
NOT_A_DIRECTORY = Message("{url} is not a directory")
ALREADY_THERE = Message("{url} exists already")
DIRECTORY_NOT_EMPTY = Message("The directory {url} is not empty")
NO_SUCH_DEVICE = Message("Invalid file system: {url}, expected {devices}")
REMOTE_URL = Message("{url} is remote: remote file systems are not reachable from this system")
TRANSFER_FAILED = Message("{url} cannot be copied: {reason}")
DEVICE_FULL = Message("{url} is full")
BAD_PATH = Message("Invalid file name: {url}")
SAME_FILE = Message("{url} cannot be copied or renamed to itself")
NOT_PLAIN = Message("{url} is or leads through a link or special file of the host")
STORAGE_FAULT = Message("{url} cannot be written or read: {reason}")
NOT_TEXT_FILE = Message("{url} is not a text file")
OTHER_CHASSIS_FILE = Message("{url} was saved on another chassis")
CONFIGURATION_FULL = Message("The configuration has no room for the line: a file has {limit} bytes")
FILE_TOO_LARGE = Message("{url} is larger than {limit} bytes")
LINE_REFUSED = Message("{url} line {number}: {line}\n{text}")
FILE_APPLIED = Message(
    "{url}: {taken} lines taken, {refused} refused, the first of them line {first}"
)
MORE_REFUSED = Message("{url}: {count} more lines were refused")
NO_MATCHING_CONFIGURATION = Message("No matching configuration data", "client")
CONFIGURATION_ONLY = Message("A configuration file takes configuration commands only")

# Boot
NO_BOOT_ENTRY = Message("There is no boot system priority {priority}")
TOO_MANY_BOOT_ENTRIES = Message("No more than {limit} boot system priorities can be configured")
NO_BOOT_STACK = Message("No boot system priority is configured, name the file to save to")
BOOT_ENTRY_SKIPPED = Message("Boot priority {priority} cannot be used: {reason}")
STARTS_FAILED = Message(
    "The last {count} starts failed ({reason}), only the context local is configured"
)
NO_USABLE_CONFIGURATION = Message(
    "No usable configuration was found, only the context local is configured"
)

# Faults and cards
NO_SUCH_FACILITY = Message("There is no facility {facility}")
TAKES_NO_CALLS = Message("Tasks of facility {facility} take no calls")
NO_SUCH_TASK = Message("No task of facility {facility} runs as instance {instance}")
NO_CARD = Message("There is no card in slot {slot}")
NO_CPU = Message("Card {slot} has no such CPU: its CPUs are {cpus}")
WRONG_CARDS = Message("Cards {source} and {target} are not {role} cards of the same type")
NOT_IN_STATE = Message("Card {slot} is not {state}")
CARDS_BUSY = Message("A {action} from card {source} to card {target} is under way")
CANNOT_STOP = Message("Card {slot} is {state}")
NO_STANDBY_FOR = Message("Card {slot} is active and no standby card could take over from it")
NO_HOSTS = Message("Only virtual systems have hosts")
TEST_COMMANDS = Message(
    "Warning: Test commands enables internal testing and debugging commands\n"
    "         USE OF THIS MODE MAY CAUSE SIGNIFICANT SERVICE INTERRUPTION",
    "capture",
)
TEST_PASSWORD = Message("The password for test commands is wrong or none is configured")
BAD_ENCRYPTED_PASSWORD = Message("The encrypted password is not in its stored form")
NEEDS_HIDDEN = Message(
    "Hidden commands are not enabled on this system: cli hidden is not configured"
)
SUBSCRIBERS_CLEARED = Message("Number of subscribers cleared: {count}")
NO_CRASHES = Message("No crash record found", "capture")
NO_TRAPS = Message("No traps were raised")
NO_ALARMS = Message("No alarms are outstanding")
NO_LOGS = Message("No logs match")
BAD_DATE = Message("Invalid date: {date}, expected YYYY:MM:DD:HH:mm or YYYY:MM:DD:HH:mm:ss")
NO_CRASH = Message("Crash record {number} does not exist")

# Showing
NO_SUBSCRIBERS = Message("No subscribers match the specified criteria", "seed")
NO_TASKS = Message("No matching tasks", "capture")
NOT_CONFIGURED = Message("{line}\n- {name} is not configured")
NO_SUCH_SECTION = Message("Invalid section {name}: expected {words}")
NO_CONFIGURATION_ERRORS = Message("No errors were found in the configuration")
NO_BOOT_ENTRIES = Message("No boot system priority is configured")
NO_SERVICES = Message("No services are configured")
NO_SUCH_CARD = Message("Card {slot} does not exist: the slots are {slots}")
