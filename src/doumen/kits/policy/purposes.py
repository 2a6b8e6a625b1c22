"""Purposes: why data are used, from a controlled list that every node starts with and extends.

The names shipped are a short subset of the Data Privacy Vocabulary (W3C DPV 2, "Purposes");
each maps to the term named beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from doumen.model.errors import Invalid
from doumen.model.fact import Facts
from doumen.model.message import msg

PURPOSE = re.compile(r"[^\W_][\w-]{0,62}")
"""A purpose: letters of any script, digits, `-` and `_`, 63 at most, no sign first."""

SHIPPED: Mapping[str, Mapping[str, str]] = {
    "research": {  # dpv:ResearchAndDevelopment
        "en": "Research and development: to find out something new or to improve methods.",
        "zh": "研究与开发：获得新知识或改进方法。",
    },
    "academic-research": {  # dpv:AcademicResearch
        "en": "Research in an academic context, to be published.",
        "zh": "学术研究：在学术环境中开展、拟发表的研究。",
    },
    "service-provision": {  # dpv:ServiceProvision
        "en": "To provide a service to those who asked for it.",
        "zh": "提供服务：向提出请求的人提供服务。",
    },
    "service-optimisation": {  # dpv:ServiceOptimisation
        "en": "To make a service better or more efficient.",
        "zh": "优化服务：改进服务或提高其效率。",
    },
    "public-benefit": {  # dpv:PublicBenefit
        "en": "For the benefit of the public.",
        "zh": "公共利益：为公众谋利益。",
    },
    "legal-compliance": {  # dpv:LegalCompliance
        "en": "To do what a law requires.",
        "zh": "依法合规：履行法律要求。",
    },
    "security": {  # dpv:EnforceSecurity
        "en": "To keep systems, data and people secure.",
        "zh": "安全保障：保护系统、数据和人员的安全。",
    },
    "fraud-prevention": {  # dpv:FraudPreventionAndDetection
        "en": "To find fraud and to prevent it.",
        "zh": "防范欺诈：发现并防止欺诈。",
    },
    "record-management": {  # dpv:RecordManagement
        "en": "To keep records, archives and registers.",
        "zh": "档案管理：保存记录、档案和登记册。",
    },
    "marketing": {  # dpv:Marketing
        "en": "To promote goods and services.",
        "zh": "市场营销：推广商品和服务。",
    },
}


def purposes(facts: Facts) -> dict[str, Mapping[str, str]]:
    """Name → description {en, zh} of every purpose of the node, by name."""
    own = {name: body.get("description", {}) for name, body in facts.all("purpose")}
    return dict(sorted({**SHIPPED, **own}.items()))


def read_purpose(text: str) -> str:
    """A name for a purpose.

    Raises:
        Invalid: it is none.
    """
    if not PURPOSE.fullmatch(text):
        raise Invalid(
            msg("`{text}` is not a name for a purpose.", text=text),
            why=msg(
                "Letters, digits, `-` and `_` are allowed, no sign first, 63 characters at most."
            ),
            detail="purpose",
        )
    return text
