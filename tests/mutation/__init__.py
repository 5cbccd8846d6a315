"""A mutation test: the rules of the model are broken one at a time, and a proof has to notice.

`make mutants`, or `python -m tests.mutation recovery cards` for some modules only.
"""
