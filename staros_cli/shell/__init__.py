"""The session behind every terminal, and the local front ends."""
