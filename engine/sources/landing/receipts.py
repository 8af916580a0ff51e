"""What became of one file, for the person who imports it and for the record in the database."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.sources.findings import Findings, Level
from engine.sources.landing.plans import RowCounts

LANDED, WITH_REJECTS, REFUSED = "landed", "landed_with_rejects", "refused"
ALREADY_IMPORTED, NOT_LANDED = "already_imported", "not_landed"
_OUTCOMES = {
    LANDED: "landed",
    WITH_REJECTS: "landed, without the rejected",
    NOT_LANDED: "not landed",
}


@dataclass(frozen=True, slots=True, eq=False)
class Receipt:
    """One file: how many rows it has and what became of them.

    `total` = new + changed + unchanged + `rejected`. `message`: why a file was refused.
    """

    file: str
    status: str
    kind: str = ""
    total: int = 0
    rejected: int = 0
    counts: RowCounts = field(default_factory=lambda: RowCounts(0, 0, 0))
    findings: Findings = field(default_factory=Findings)
    message: str = ""

    @property
    def has_problems(self) -> bool:
        """Whether anything was rejected, or read with an assumption."""
        return bool(self.findings.count(Level.ERROR) or self.findings.count(Level.WARNING))

    def text(self, *, dry_run: bool = False) -> str:
        """Return the receipt as it is printed."""
        if self.status == REFUSED:
            return f"{self.file}: refused\n  {self.message}"
        if self.status == ALREADY_IMPORTED:
            return f"{self.file}: {self.message}"
        outcome = "nothing written (dry run)" if dry_run else _OUTCOMES[self.status]
        counts = self.counts
        lines = [
            f"{self.file}: {self.kind}, {self.total:,} rows read = {counts.new:,} new + "
            f"{counts.changed:,} changed + {counts.unchanged:,} unchanged + "
            f"{self.rejected:,} rejected; {outcome}"
        ]
        if counts.removed:
            lines.append(
                f"  removed: {counts.removed:,} order line(s) that the file states no more"
            )
        for group in self.findings.groups():
            lines += [f"  {line}" for line in str(group).splitlines()]
        return "\n".join(lines)


def status_of(findings: Findings) -> str:
    """Return the status of a file that lands."""
    return WITH_REJECTS if findings.count(Level.ERROR) else LANDED
