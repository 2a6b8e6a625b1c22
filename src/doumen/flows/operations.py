"""The verbs of what is done by itself: `schedule` and `alert`."""

from __future__ import annotations

from doumen.model.operation import Operation, Param

_VERBS = "doumen.flows.schedule.verbs"
_ALERTS = "doumen.flows.alert.verbs"
_SCHEDULE = Param("name", "Name of the schedule.", positional=True, required=True, metavar="NAME")
_ALERT = Param("name", "Name of the alert.", positional=True, required=True, metavar="NAME")

SCHEDULES: tuple[Operation, ...] = (
    Operation(
        name=("schedule", "add"),
        summary="Say what is to be run again and again, and when.",
        run="doumen.session.schedules:add",
        params=(
            _SCHEDULE,
            Param("command_line", "Command in quotes: a verb that is queued, with its inputs.",
                  positional=True, required=True, metavar="COMMAND"),
            Param("cron", "Minute, hour, day of month, month, day of week.", metavar="TIMES"),
            Param("zone", "Time zone of that clock; UTC otherwise.", metavar="NAME"),
            Param("every", "Time from one run to the next: 90s, 15m, 26h, 7d; with --on-arrival "
                  "from one look to the next.", metavar="TIME"),
            Param("on_arrival", "Look for what came, each minute where --every does not say.",
                  "flag"),
            Param("catch_up", "What becomes of times at which nothing could be run: none of them, "
                  "once for all (as a rule), or all.", "choice", choices=("none", "once", "all")),
            Param("at_most", "With --catch-up all, the last so many of them; 100 otherwise.",
                  "integer"),
        ),
        details="A worker runs it, as you, for the purpose stated now: `doumen serve` or "
        "`doumen worker`. Runs of one schedule never overlap: times that pass while one goes on "
        "are caught up as those of a time without workers. A schedule of this name is replaced. "
        "docs/schedules.md tells the rest.",
        examples=(
            'doumen schedule add nightly "source run" --cron "0 2 * * *" --zone Asia/Shanghai',
            'doumen schedule add often "source run shop" --every 15m --catch-up none',
            'doumen schedule add incoming "source run shop --dataset shop.orders" --on-arrival',
        ),
        scope="write",
        local="The command may name files of the machine of the node.",
        gives=("schedule", "operation", "inputs", "next", "paused", "receipt"),
    ),
    Operation(
        name=("schedule", "list"),
        summary="List schedules: when each is run next, and how the last run ended.",
        run=f"{_VERBS}:listing",
        examples=("doumen schedule list",),
        gives=("schedules",),
    ),
    Operation(
        name=("schedule", "show"),
        summary="Show a schedule and its last runs.",
        run=f"{_VERBS}:show",
        params=(_SCHEDULE,),
        examples=("doumen schedule show nightly",),
        gives=("schedule", "operation", "inputs", "next", "paused", "last", "runs"),
    ),
    Operation(
        name=("schedule", "pause"),
        summary="Let a schedule do nothing by itself.",
        run=f"{_VERBS}:pause",
        params=(_SCHEDULE,),
        details="What passes meanwhile is not caught up.",
        examples=("doumen schedule pause nightly",),
        scope="write",
        gives=("schedule", "paused", "receipt"),
    ),
    Operation(
        name=("schedule", "resume"),
        summary="Let a schedule that is paused go on, from now.",
        run=f"{_VERBS}:resume",
        params=(_SCHEDULE,),
        examples=("doumen schedule resume nightly",),
        scope="write",
        gives=("schedule", "paused", "next", "receipt"),
    ),
    Operation(
        name=("schedule", "remove"),
        summary="Forget a schedule; a run that goes on ends by itself.",
        run=f"{_VERBS}:remove",
        params=(_SCHEDULE,),
        examples=("doumen schedule remove nightly",),
        scope="write",
        gives=("schedule", "receipt"),
    ),
    Operation(
        name=("schedule", "run-now"),
        summary="Queue a run of a schedule now.",
        run=f"{_VERBS}:run_now",
        params=(_SCHEDULE,),
        details="Also of one that is paused; the next run stays where it is.",
        examples=("doumen schedule run-now nightly",),
        scope="write",
        gives=("schedule", "job"),
    ),
)  # fmt: skip

ALERTS: tuple[Operation, ...] = (
    Operation(
        name=("alert", "add"),
        summary="Say who is told when a run is late, fails or brings other data.",
        run=f"{_ALERTS}:add",
        params=(
            _ALERT,
            Param("file", "YAML: a webhook or a mail server, and what is told.", "path", True, True,
                  metavar="FILE"),
        ),
        details="docs/schedules.md describes the file. Secrets are named by the place where they "
        "are kept, and never stored. An alert of this name is replaced.",
        examples=("doumen alert add oncall oncall.yaml",),
        scope="write",
        local="Addresses and secrets are of the machine of the node.",
        gives=("alert", "on", "schedules", "sources", "late_after", "stale_after", "receipt"),
    ),
    Operation(
        name=("alert", "list"),
        summary="List alerts, and how much is wrong for each.",
        run=f"{_ALERTS}:listing",
        examples=("doumen alert list",),
        gives=("alerts",),
    ),
    Operation(
        name=("alert", "show"),
        summary="Show an alert: what is wrong now, and what it told last.",
        run=f"{_ALERTS}:show",
        params=(_ALERT,),
        examples=("doumen alert show oncall",),
        gives=("alert", "on", "wrong", "notices"),
    ),
    Operation(
        name=("alert", "test"),
        summary="Send a notice of nothing now, to see whether it comes.",
        run=f"{_ALERTS}:test",
        params=(_ALERT,),
        details="What waits for this alert is sent by the next worker, too.",
        examples=("doumen alert test oncall",),
        scope="write",
        local="Addresses and secrets are of the machine of the node.",
        gives=("alert", "notice"),
    ),
    Operation(
        name=("alert", "remove"),
        summary="Forget an alert; what waits to be sent is not.",
        run=f"{_ALERTS}:remove",
        params=(_ALERT,),
        examples=("doumen alert remove oncall",),
        scope="write",
        gives=("alert", "receipt"),
    ),
)  # fmt: skip

OPERATIONS: tuple[Operation, ...] = (*SCHEDULES, *ALERTS)
