"""The doctor: whether a node and the machine under it are well, and what is mended safely.

`machine`, `folder`, `evidence` and `lake` each yield `Check`s; `verb` puts them in order. A
node that does not open is looked at too: what keeps it from opening is what is told.
"""
