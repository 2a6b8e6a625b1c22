"""What computes, in processes that hold nothing else, and what speaks with other nodes.

`duckdb`: a governed plan in, an Arrow stream out. `digests`: rows in, their digests out.
`peers`: a signed request out, the answer of another node in.
"""
