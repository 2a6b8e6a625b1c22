"""Files that are kept as they are, each one row of a dataset: path, type, size, digest, content.

`columns` is the contract of such a dataset, `signature` what a file is by its first bytes,
`packing` writes files as rows, bounded by bytes; `verb` brings a folder, `sources.whole` a stream.
Nothing of a file is parsed here.
"""
