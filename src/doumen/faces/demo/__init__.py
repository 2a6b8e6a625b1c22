"""A city that does not exist, brought in by the verbs that its people would use, to look around in.

`city` invents its files, each with faults that a check should find, `papers` is what people wrote
of them, and `outside` puts both into a folder; `days` is what people did; `verb` makes the node,
does it all, and opens the service.
"""
