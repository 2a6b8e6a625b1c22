"""The web as a source sees it: one who asks an HTTP interface, signs, waits, and takes what comes.

`address`: where to. `line`: a connection to an address that was judged. `signing`: by what an
interface knows us. `manners`: how fast, and what after a failure. `body`: an answer within bounds.
`client`: all of it together. `jsontext`, `tables`, `trees`: answers as records.
"""
