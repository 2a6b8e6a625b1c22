"""ODRL 2.2 evaluated (W3C Recommendation of 15 February 2018), pure.

`policy` has the nouns, `world` what they are held against, `vocabulary` the terms; `check` refuses
what is not understood; `truth`, `values` and `constraint` judge constraints, `premise` the fit of a
request, `rule` the states of one rule; `evaluate` brings a policy into one `order` and joins all
into the `report` and its decision.
"""

from doumen.kits.policy.odrl.evaluate import evaluate
from doumen.kits.policy.odrl.policy import (
    Action,
    Agreement,
    Asset,
    Condition,
    Constraint,
    Duty,
    Logical,
    Offer,
    Operand,
    Party,
    Permission,
    Policy,
    Prohibition,
    Rule,
    Set,
    Value,
)
from doumen.kits.policy.odrl.report import (
    Activation,
    Attempt,
    ComplianceReport,
    Decision,
    Deontic,
    Finding,
    Performance,
    PremiseKind,
    PremiseReport,
    RuleKind,
    RuleReport,
    Satisfaction,
)
from doumen.kits.policy.odrl.vocabulary import ODRL, Connective, Operator, Strategy, Vocabulary
from doumen.kits.policy.odrl.world import Earlier, Request, World

__all__ = [
    "ODRL",
    "Action",
    "Activation",
    "Agreement",
    "Asset",
    "Attempt",
    "ComplianceReport",
    "Condition",
    "Connective",
    "Constraint",
    "Decision",
    "Deontic",
    "Duty",
    "Earlier",
    "Finding",
    "Logical",
    "Offer",
    "Operand",
    "Operator",
    "Party",
    "Performance",
    "Permission",
    "Policy",
    "PremiseKind",
    "PremiseReport",
    "Prohibition",
    "Request",
    "Rule",
    "RuleKind",
    "RuleReport",
    "Satisfaction",
    "Set",
    "Strategy",
    "Value",
    "Vocabulary",
    "World",
    "evaluate",
]
