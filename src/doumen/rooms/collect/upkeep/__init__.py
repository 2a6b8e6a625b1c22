"""Upkeep: the files of datasets kept in a good size and order, and versions for as long as asked.

`operations`: the verbs as data. `verbs` and `choosing`: compaction, and which columns rows are put
in the order of. `retaining`: how long versions stay, and giving them up.
"""
