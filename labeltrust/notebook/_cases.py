"""Case files of incidents, read by notebooks that are filled in with one."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import pandas as pd

from labeltrust.domain.errors import InvalidInput, NotFound
from labeltrust.notebook._replay import READER
from labeltrust.notebook._show import Command, command
from labeltrust.notebook._tracing import Tracing
from labeltrust.services.list_flags import list_flags
from labeltrust.services.read_timeline import TimelineEntry
from labeltrust.services.show_incident import IncidentCase, show_incident

_ENTRY = ["at", "actor", "what", "text", "sequence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Casing(Tracing):
    """One project of an open installation, with its case files."""

    def suspects(self, incident: int = 0) -> list[str]:
        """Return who is suspected; nobody whose flag was dismissed.

        Args:
            incident: Number of a case file whose labelers are meant; 0 for all who stand flagged,
                in the order of their flags.

        Raises:
            NotFound: The project has no such incident.
            InvalidInput: No labeler belongs to the incident.
        """
        if incident:
            return self._suspects_of(incident)
        found = list_flags(self.deployment, READER, self.name)
        return list(dict.fromkeys(flag.labeler for flag in found if flag.status != "dismissed"))

    def _suspects_of(self, incident: int) -> list[str]:
        found = [one.name for one in self.case(incident).suspects if one.kind == "labeler"]
        if not found:
            detail = f"no labeler belongs to incident {incident}; add one, or its flag"
            raise InvalidInput(detail, place="incident", code="no_suspects")
        return found

    def case(self, incident: int) -> IncidentCase:
        """Return a case file: members, times, timeline.

        Raises:
            NotFound: The project has no such incident.
        """
        found = show_incident(self.deployment, READER, incident)
        if found.incident.project != self.name:
            detail = f"no incident {incident} in project {self.name!r}"
            raise NotFound(detail)
        return found

    def case_history(self, incident: int) -> pd.DataFrame:
        """Return the timeline of a case file, oldest first: at, actor, what, text, sequence."""
        return entry_frame(self.case(incident).timeline)

    def incident_command(self, title: str) -> Command:
        """Return the command line that opens a case file with all open flags."""
        found = list_flags(self.deployment, READER, self.name)
        flags = [flag.id for flag in found if flag.status == "open"]
        given = [("project", self.name), ("title", title), *(("flag", flag) for flag in flags)]
        return command("labeltrust incident open", given)

    def member_command(self, incident: int, labelers: Iterable[str]) -> Command:
        """Return the command line that takes labelers into a case file."""
        given = [("labeler", name) for name in labelers]
        return command(f"labeltrust incident add {int(incident)}", given)


def entry_frame(entries: Iterable[TimelineEntry]) -> pd.DataFrame:
    """Return one row an entry of a timeline: at, actor, what, text, sequence."""
    return pd.DataFrame([asdict(entry) for entry in entries], columns=_ENTRY)
