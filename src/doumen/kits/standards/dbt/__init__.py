"""Tests of dbt as rules of ODCS.

`properties` reads the properties file of a project (`schema.yml`) and finds the tests of one
model; `tests` translates each: those of dbt itself, of dbt_utils, and of dbt_expectations, which
go through the translators of Great Expectations.
"""

from doumen.kits.standards.dbt.properties import Declared, declared, known_as
from doumen.kits.standards.dbt.tests import ENGINE, kept, named, translate

__all__ = ["ENGINE", "Declared", "declared", "kept", "known_as", "named", "translate"]
