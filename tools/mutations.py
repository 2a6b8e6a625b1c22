"""Breaks the code on purpose, one place at a time, and holds that the laws notice.

Each mutation names the law, the place, the change and the tests that must turn red. The file
is changed in the working tree and put back at once; a file with uncommitted changes is left
alone, so that nothing of yours can be lost.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = "src/doumen/"


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change that must be noticed.

    Attributes:
        law: Number and name of the law.
        says: What the change does, in words.
        file: Below `src/doumen/`.
        old: Text that stands there exactly once.
        new: What takes its place.
        tests: Arguments of pytest.
    """

    law: str
    says: str
    file: str
    old: str
    new: str
    tests: str


NON_INTERFERENCE = "tests/laws/test_non_interference.py"
EVALUATION = "tests/laws/test_evaluation.py"
WATCHED = "tests/gate/test_watched.py"
HANDED = "tests/gate/test_handed.py"
REPAIRED = "tests/gate/test_repair.py"
MUTATIONS = (
    Mutation("1 non-interference", "joins are planned by all rows", "gate/rewrite.py",
             'sized=sql.sources(tree) > 1,',
             'sized=False,', EVALUATION),
    Mutation("1 non-interference", "LIMIT ends what may fail", "gate/rewrite.py",
             'copied=haste.fails_early(),',
             'copied=False,', EVALUATION),
    Mutation("1 non-interference", "the limit of a rule ends what may fail", "gate/rewrite.py",
             'whole=plan.limit is not None and haste.may_fail(),',
             'whole=False,', EVALUATION),
    Mutation("1 non-interference", "the failure met first is told", "engines/duckdb/worker.py",
             'again = plan.hides and not (plan.copied or answering.begun)',
             'again = False', EVALUATION),
    Mutation("1 non-interference", "what lay beneath a null is sent", "engines/duckdb/query.py",
             'wire.arrow_stream(bare(kept))',
             'wire.arrow_stream(kept)', "tests/hostile/attacks/test_served.py"),
    Mutation("1 non-interference", "files are left out by what lies beneath masks",
             "kits/sql/needed.py",
             'if c.expression is None and raw',
             'if raw', "tests/laws/test_ordered.py"),
    Mutation("1 non-interference", "files are left out though a condition may fail",
             "kits/sql/needed.py",
             'if table.where and not (',
             'if not table.where and not (', "tests/kits/sql/test_needed.py"),
    Mutation("1 non-interference", "the filter is left out", "gate/rewrite.py",
             'where.append(compiled.sql)',
             "where.append('true')", NON_INTERFERENCE),
    Mutation("1 non-interference", "one of several filters holds", "gate/rewrite.py",
             'where=tuple(where),',
             'where=tuple(where[:1]),', NON_INTERFERENCE),
    Mutation("1 non-interference", "filters are joined by OR", "engines/duckdb/governed.py",
             'where = " AND ".join(',
             'where = " OR ".join(', NON_INTERFERENCE),
    Mutation("1 non-interference", "filters see what masks show", "engines/duckdb/governed.py",
             'return f"SELECT {columns} FROM {_source(table, inline, rows)}" + (',
             'return f"FROM (SELECT {columns} FROM {_source(table, inline, rows)})" + (',
             NON_INTERFERENCE),
    Mutation("1 non-interference", "masks are left out", "gate/rewrite.py",
             'if each.mask is not None:',
             'if each.mask is None and number < 0:', NON_INTERFERENCE),
    Mutation("1 non-interference", "the weakest mask wins", "kits/policy/duties/mask.py",
             'by_strength[max(by_strength)]',
             'by_strength[min(by_strength)]', NON_INTERFERENCE),
    Mutation("1 non-interference", "of two different masks one wins", "kits/policy/duties/mask.py",
             'return (Mask(NULL),)',
             'return (mask,)', NON_INTERFERENCE),
    Mutation("1 non-interference", "the hash has no key", "kits/policy/masks/hash.py",
             'f"sha256({outer} || sha256({inner} || CAST({value} AS VARCHAR)))"',
             'f"sha256(CAST({value} AS VARCHAR) || {outer}[1:0] || {inner}[1:0])"',
             NON_INTERFERENCE),
    Mutation("1 non-interference", "a partial mask shows one character more",
             "kits/policy/masks/partial.py",
             'left({text}, {start})',
             'left({text}, {start + 1})', NON_INTERFERENCE),
    Mutation("1 non-interference", "dates are generalised to their week",
             "kits/policy/masks/generalise.py",
             "date_trunc('{levels}'",
             "date_trunc('week'", NON_INTERFERENCE),
    Mutation("1 non-interference", "denied columns show", "kits/policy/decide.py",
             ' and c.name not in hidden]',
             ']', NON_INTERFERENCE),
    Mutation("1 non-interference", "a rule holds after its last day", "kits/policy/standing.py",
             'rule.until is None or day <= rule.until',
             'rule.until is None or bool(day)', NON_INTERFERENCE),
    Mutation("1 non-interference", "a rule for another purpose holds", "kits/policy/standing.py",
             'return not rule.purposes or (\n',
             'return bool(rule) or (\n', NON_INTERFERENCE),
    Mutation("1 non-interference", "claims are not looked at", "kits/policy/standing.py",
             'return all(known.get(name) in values',
             'return True or all(known.get(name) in values', NON_INTERFERENCE),
    Mutation("1 non-interference", "labels select no rules", "kits/policy/target.py",
             'if any(folded(other) == label',
             'if not label and any(folded(other) == label', NON_INTERFERENCE),
    Mutation("1 non-interference", "small groups show", "gate/groups.py",
             'if not any(ruling.groups for',
             'if True or not any(ruling.groups for', NON_INTERFERENCE),
    Mutation("1 non-interference", "groups of one less than k show", "kits/sql/group.py",
             '>= {k:d}',
             '>= {k - 1:d}', NON_INTERFERENCE),
    Mutation("1 non-interference", "units are counted as rows", "kits/sql/group.py",
             "{'DISTINCT ' if values else ''}",
             "{'' if values else ''}", NON_INTERFERENCE),
    Mutation("1 non-interference", "a plan serves other actors", "gate/plans.py",
             '(version, job.actor, job.purpose,',
             "(version, '', job.purpose,", NON_INTERFERENCE),
    Mutation("1 non-interference", "a plan serves other purposes", "gate/plans.py",
             '(version, job.actor, job.purpose,',
             '(version, job.actor, None,', NON_INTERFERENCE),
    Mutation("1 non-interference", "a plan serves other versions of the facts", "gate/plans.py",
             '(version, job.actor, job.purpose,',
             '(0, job.actor, job.purpose,', NON_INTERFERENCE),
    Mutation("1 non-interference", "the view is no barrier", "engines/duckdb/governed.py",
             "CREATE SECURE VIEW {target(table)}", "CREATE VIEW {target(table)}", "tests/engines"),
    Mutation("1 non-interference", "errors hold the engine's own text",
             "engines/duckdb/errors.py", 'return Faulty(f"{said}{place}."',
             'return Faulty(f"{message}{place}."', "tests/engines/duckdb/test_errors.py"),
    Mutation("1 existence", "a draft is known to all", "kits/policy/lives.py",
             'return not standing.actor.oversees and not _reads_draft(standing, ref)',
             'return False', "tests/laws/test_existence_states.py"),
    Mutation("1 existence", "a draft is offered", "rooms/exchange/packages.py",
             'if state == NOT_YET:',
             'if state == "":', "tests/rooms/exchange/test_catalogue.py"),
    Mutation("1 existence", "a successor is named to all", "kits/policy/knowledge.py",
             'return named if known else None',
             'return named', "tests/kits/policy/test_lives.py"),
    Mutation("1 non-interference", "files come out though they are masked",
             "rooms/analyse/extract.py",
             'if shown.get(name) != AS_IT_IS]',
             'if shown.get(name) is None]', "tests/rooms/analyse/test_extract.py"),
    Mutation("1 existence", "an absent dataset answers in other words", "gate/resolve.py",
             "if snapshot is None:\n        raise policy.absent(ref)",
             "if snapshot is None:\n        raise KeyError(ref)",
             "tests/laws/test_existence.py"),
    Mutation("4 balance", "a count is not held against the day's balance", "gate/commit.py",
             "if balance + own[place] > bound.most:", "if False:", "tests/gate/test_reserve.py"),
    Mutation("2 monotony", "the largest limit wins", "kits/policy/duties/limit.py",
             "min(duties", "max(duties", "tests/kits/policy"),
    Mutation("3 conservation", "a row that is replayed stays in quarantine too",
             "gate/repair.py",
             'version=after, files=written.stayed, moment=moment',
             'version=after, files=(*written.stayed, *aside.files), moment=moment', REPAIRED),
    Mutation("3 conservation", "a row that lands once is appended by each replay",
             "gate/repair.py",
             '        unmoved(self.aside, now)\n',
             '        del now\n', REPAIRED),
    Mutation("3 conservation", "a repair that differs in nothing is one",
             "engines/duckdb/repair.py",
             'return {**before, **changed} if changed else before',
             'return {**before, **cells}', "tests/engines/duckdb/test_repair.py"),
    Mutation("9 durability", "what is learned overwrites what changed meanwhile",
             "gate/collect.py",
             'return bool(body["text"] != drift.base)',
             'return False', "tests/rooms/collect/test_drifting.py"),
    Mutation("3 conservation", "the sum is not asserted", "gate/collect.py",
             "loaded.rows_in != sum(counted) or", "False or", "tests/gate/test_collect.py"),
    Mutation("4 balance", "charges are not kept", "stores/ledger/ledger.py",
             "    if charges:\n", "    if False:\n", "tests/gate/test_commit.py"),
    Mutation("5 evidence", "leaves are hashed without their prefix", "kits/evidence/merkle.py",
             'b"\\x00" + data', 'b"" + data', "tests/laws/test_evidence.py"),
    Mutation("5 evidence", "the receipt is not recorded with its rules", "gate/commit.py",
             "rules=draft.rules,", "rules=(),", "tests/gate/test_query.py"),
    Mutation("6 replay", "the facts of today are used", "gate/replay.py",
             'means.catalog.at(event["data"]["facts"])', "means.catalog.current()",
             "tests/laws/test_replay.py"),
    Mutation("6 replay", "the clock of today is used", "gate/replay.py",
             "now=at,", "now=None,", "tests/laws/test_replay.py"),
    Mutation("7 labels", "labels do not flow from what only shapes", "gate/derive.py",
             '(*shaping["projection"], *shaping["influence"])', '(*shaping["projection"],)',
             "tests/gate/test_derive.py"),
    Mutation("8 documents", "the last day of a rule is lost", "kits/policy/document.py",
             "if rule.until is not None:", "if False:", "tests/kits/policy"),
    Mutation("9 durability", "the lake is not put back to the version in force",
             "stores/lake/delta.py",
             "table.restore(expected", "(lambda *a, **k: None)(expected", "tests/stores/lake"),
    Mutation("9 durability", "an answer is given before it is durable", "gate/commit.py",
             "        waiting.done.wait()\n", "        waiting.done.clear()\n        return "
             "Receipt('', {}, {}, (), None, {})  # type: ignore\n", "tests/gate/test_commit.py"),
    Mutation("attached files", "they are not looked at after a run", "gate/watched.py",
             "            yield from self._stream\n        self._watch.end()",
             "            yield from self._stream", WATCHED),
    Mutation("attached files", "times that differ are not looked into", "stores/attached.py",
             "if self._digest(path, look) != known.sha256:", "if False:", WATCHED),
    Mutation("attached files", "the time of change is not looked at", "stores/attached.py",
             "(look.mtime_ns, look.ctime_ns, look.inode) == _times(known)",
             "(look.mtime_ns, look.inode) == _times(known)[::2]", "tests/stores/test_attached.py"),
    Mutation("attached files", "an engine keeps a footer that it knew",
             "engines/duckdb/instance.py",
             "set(self.stamps) >= set(other.stamps)", "bool(self.files)", WATCHED),
    Mutation("granted files", "what hides or counts does not stand against them",
             "kits/policy/files.py",
             "    _check_whole(asked, standing, ruling)\n", "", "tests/kits/policy/test_files.py"),
    Mutation("granted files", "a signature is not held to its secret", "gate/handed.py",
             "if grant is None or not held:", "if grant is None:", HANDED),
    Mutation("granted files", "the rules of now are not asked", "gate/handed.py",
             "    policy.rule_files(\n", "    (lambda asked: None)(\n", HANDED),
    Mutation("granted files", "a grant that was revoked goes on", "gate/handed.py",
             "        if body is None:\n            raise _ended()\n", "", HANDED),
    Mutation("granted files", "keys open every bucket", "faces/web/protocols/s3.py",
             "if asked.bucket not in shelf.grant.buckets:", "if False:",
             "tests/faces/web/protocols/test_s3.py"),
    Mutation("granted files", "headers are put in beside those that are signed",
             "kits/standards/s3/request.py",
             '    needed |= {name for name in given if name.startswith("x-amz-")}\n', "",
             "tests/kits/standards/s3"),
    Mutation("attached files", "where they lie is told", "kits/policy/visible.py",
             "path.name if path.is_absolute() else str(path)", "str(path)",
             "tests/gate/test_attach.py"),
    Mutation("1 non-interference", "runs of checks of others are told", "gate/system.py",
             'if actor.audits or event["actor"] == actor.name:',
             'if True:', "tests/laws/test_quality_seen.py"),
    Mutation("1 non-interference", "proposals of others are told", "kits/policy/visible.py",
             'if (row.fact.body or {}).get("by") == actor.name',
             'if True', "tests/kits/policy/test_visible.py"),
    Mutation("5 evidence", "findings may rest on two versions of a dataset", "gate/attest.py",
             'if versions.setdefault(used["dataset"], used["version"]) != used["version"]:',
             'if versions.setdefault(used["dataset"], used["version"]) is None:',
             "tests/gate/test_attest.py"),
    Mutation("scores", "a rule that left the contract broken is forgotten",
             "rooms/evaluate/score/gathering.py",
             'if gone and (',
             'if gone or (', "tests/laws/test_scores.py"),
    Mutation("scores", "rows in quarantine are not among those that came",
             "rooms/evaluate/score/evidence.py",
             'return self.landed + self.aside + self.discarded',
             'return self.landed', "tests/laws/test_scores.py"),
    Mutation("9 durability", "a settled proposal is settled again",
             "rooms/refine/proposals/settling.py",
             'if one.state != OPEN:',
             'if one.state == "never":', "tests/rooms/refine/proposals/test_verbs.py"),
)  # fmt: skip


def noticed(mutation: Mutation) -> bool:
    """Whether the tests turn red."""
    path = ROOT / SOURCE / mutation.file
    text = path.read_text(encoding="utf-8")
    if text.count(mutation.old) != 1:
        sys.exit(f"{mutation.file}: `{mutation.old}` stands there {text.count(mutation.old)} times")
    options = ["-x", "-q", "-m", "not soak", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *options, *mutation.tests.split()]
    try:
        path.write_text(text.replace(mutation.old, mutation.new), encoding="utf-8")
        run = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    finally:
        path.write_text(text, encoding="utf-8")
    return run.returncode == 1


def main(words: list[str]) -> int:
    """Try every mutation, or those of which a word is said; exit 1 if one was not noticed."""
    dirty = subprocess.run(
        ["git", "status", "--porcelain", "--", SOURCE], cwd=ROOT, capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    if dirty:
        sys.exit(f"error: uncommitted changes below {SOURCE}:\n{dirty}")
    missed = 0
    for mutation in MUTATIONS:
        if words and not any(word in mutation.says for word in words):
            continue
        held = noticed(mutation)
        missed += not held
        print(f"{'noticed' if held else 'MISSED '}  {mutation.law}: {mutation.says}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
