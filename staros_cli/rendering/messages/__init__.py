"""Layouts of messages about calls, as `monitor subscriber` and `monitor protocol` show them."""
