"""The model: cards, tasks, sessions, licence, flash and clock, and the rules between them."""
