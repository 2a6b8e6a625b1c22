"""What computes, in processes that hold nothing else.

`duckdb`: a governed plan in, an Arrow stream out. `digests`: rows in, their digests out.
"""
