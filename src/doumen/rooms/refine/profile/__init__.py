"""What is in a dataset, as far as the asker may see it, and the rules that this suggests.

`run` asks: `scan` writes the one statement over all rows, `sampled` reads figures of a sample,
`pairs` looks for keys, dependencies and correlations in it, which `whole` confirms over all rows.
`rules` and `references` draft rules from a profile, `propose` counts what speaks for each.
"""
