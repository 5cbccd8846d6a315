"""Training labs: a goal, a chassis in a known state, hints, and checks of what the chassis is."""
