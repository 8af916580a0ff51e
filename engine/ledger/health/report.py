"""The health of a shop, put together once at its load: findings, missing costs, provenance."""

from __future__ import annotations

from dataclasses import dataclass

from engine.ledger.facts import Facts
from engine.ledger.frames import Ledger
from engine.ledger.health.codes import HealthFinding, by_stake
from engine.ledger.health.days import day_findings
from engine.ledger.health.fees import fee_findings
from engine.ledger.health.files import file_findings
from engine.ledger.health.goods import goods_findings
from engine.ledger.health.imports import import_findings
from engine.ledger.health.missing import MissingCosts, missing_costs
from engine.ledger.health.orders import order_findings
from engine.ledger.health.parcels import parcel_findings
from engine.ledger.health.provenance import ProvenanceRow, provenance
from engine.sources.imports import NO_IMPORTS, Imports
from engine.sources.owner_files import OwnerFiles


@dataclass(frozen=True, slots=True, eq=False)
class Health:
    """What was found, the most sales at stake first."""

    findings: tuple[HealthFinding, ...]
    missing: MissingCosts
    provenance: tuple[ProvenanceRow, ...]


def examine(
    ledger: Ledger, facts: Facts, files: OwnerFiles, imports: Imports = NO_IMPORTS
) -> Health:
    """Look through the facts of a whole shop, the owner's files and the record of its imports."""
    findings = [
        *import_findings(imports),
        *file_findings(facts, files),
        *goods_findings(facts),
        *parcel_findings(facts, files),
        *order_findings(facts),
        *fee_findings(facts),
        *day_findings(ledger, facts),
    ]
    return Health(tuple(by_stake(findings)), missing_costs(facts), provenance(facts))
