"""The search for what the rules hide and an answer tells: `doumen prove`.

`worlds` makes tables, `rulesets` rules over them, `statements` questions, `changes` a second
database that differs only in what the rules hide; `shown` reads from the rules what that is,
apart from the gate's own reading. `search` asks both databases by the desk's laboratory,
`sameness` compares what the actor is told, `shrink` cuts a counter-example down; `verb` is the
command.
"""

from doumen.rooms.protect.prove.search import Search, Tally, Verdict

__all__ = ["Search", "Tally", "Verdict"]
