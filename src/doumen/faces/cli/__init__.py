"""The command line, made from the table of operations.

`app` runs a command line and turns what goes wrong into an exit code; `tree` makes commands
of operations, `parameters` their inputs and `help` their pages; `run` puts an operation
before the gate, `show` prints its outcome, drawn by `draw`. `words` holds what is said.
"""
