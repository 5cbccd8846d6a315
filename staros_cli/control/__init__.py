"""A chassis whose time and failures somebody else controls, over a Unix socket."""
