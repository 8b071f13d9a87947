"""Where labels went, and how a project is begun."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from labeltrust.domain.errors import NotFound
from labeltrust.notebook._frames import lineage_frame
from labeltrust.notebook._labels import judgment_frame
from labeltrust.notebook._replay import READER, Replaying
from labeltrust.notebook._show import Command, command
from labeltrust.services.read_assessment import read_assessment
from labeltrust.services.trace_labels import Lineage, Whose, trace_labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracing(Replaying):
    """One project of an open installation, whose labels are traced."""

    def judgments(self, question: str = "label") -> pd.DataFrame:
        """Return one row a current judgment: item, labeler, label, times, source."""
        return judgment_frame(self.deployment, READER, self.name, question)

    @property
    def is_assessed(self) -> bool:
        """Whether anything was assessed yet."""
        try:
            read_assessment(self.deployment, READER, self.name)
        except NotFound:
            return False
        return True

    def begin_command(self) -> Command:
        """Return the command line that a project begins with: import labels, or assess them."""
        if self.judgments().empty:
            return command("labeltrust import labels.csv", [("project", self.name)])
        return command("labeltrust assess", [("project", self.name)])

    def snapshot_command(self) -> Command:
        """Return the command line that makes a training set without frozen labels."""
        return command("labeltrust snapshot create", [("project", self.name)])

    def red_team_command(self) -> Command:
        """Return the command line that runs every attack on drawn crowds, a few seeds of each."""
        return command("labeltrust redteam run --short", [])

    def lineage(
        self,
        labeler: str | None = None,
        *,
        source: str | None = None,
        import_id: int | None = None,
    ) -> pd.DataFrame:
        """Return one row a snapshot that holds labels of somebody, newest first.

        Args:
            labeler: Whose labels; with `source` beside it, that source's labeler.
            source: Or all that a source sent.
            import_id: Or those of an import.

        Returns:
            Columns `snapshot`, `created_at`, `parent`, `in_use`, `labels`, `items`, `alone` (nobody
            else labeled them), `changes` (another consensus without), `labelers` (of those asked
            for, how many are inside), `models`, `reason` (why numbers are missing).
        """
        whose = Whose(labeler=labeler, source=source, import_id=import_id)
        return lineage_frame(trace_labels(self.deployment, READER, self.name, whose))

    def lineage_together(self, labelers: Sequence[str]) -> pd.DataFrame:
        """Return the same of several labelers at once: what their labels are worth together."""
        if not labelers:
            nobody = Lineage(
                project=self.name,
                labeler=None,
                source=None,
                import_id=None,
                looked_at=0,
                snapshots=(),
                models=(),
            )
            return lineage_frame(nobody)
        whose = Whose(labeler=labelers[0], also=tuple(labelers[1:]))
        return lineage_frame(trace_labels(self.deployment, READER, self.name, whose))
