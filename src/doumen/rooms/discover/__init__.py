"""The room where data are found and told of: contracts kept, compared, tried; datasets described.

`lookup` finds what the asker may know; `contracts` shows and changes a contract, `versions`
lists and compares its versions, `trial` runs its rules over what has landed by the counts
that `counting` writes; `describe` tells of datasets. Only `editor` leaves the process.
"""
