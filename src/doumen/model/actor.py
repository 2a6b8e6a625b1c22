"""Who acts: an actor of a participant, with roles, purposes and claims."""

from __future__ import annotations

from dataclasses import dataclass, field

OWNER = "owner"
STEWARD = "steward"
AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Actor:
    """One who asks. Roles other than owner, steward and auditor carry nothing by themselves.

    Attributes:
        name: Identifier, unique in the node.
        participant: The organisation that the actor belongs to.
        roles: Names of roles.
        purposes: Purposes that the actor may state.
        claims: Attributes such as department or clearance, usable in rules as `actor.NAME`.
    """

    name: str
    participant: str = ""
    roles: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    claims: tuple[tuple[str, str], ...] = field(default=())

    @property
    def is_owner(self) -> bool:
        """Whether everything of the node is theirs."""
        return OWNER in self.roles

    @property
    def oversees(self) -> bool:
        """Whether the whole catalogue is open to them: owner, steward or auditor."""
        return bool(self.roles & {OWNER, STEWARD, AUDITOR})

    @property
    def governs(self) -> bool:
        """Whether they may change rules, contracts and labels: owner or steward."""
        return bool(self.roles & {OWNER, STEWARD})

    @property
    def audits(self) -> bool:
        """Whether all events of the node are open to them: owner or auditor."""
        return bool(self.roles & {OWNER, AUDITOR})
