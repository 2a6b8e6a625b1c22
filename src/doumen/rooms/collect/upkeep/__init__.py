"""Upkeep: the files of datasets kept in a good size and order, and versions for as long as asked.

`operations`: the verbs as data, `verbs` and `choosing` what they do: which columns rows are put in
the order of, and files written anew at the gate.
"""
