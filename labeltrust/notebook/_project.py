"""One project of an installation, read and never written."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd

from labeltrust.app import build_deployment
from labeltrust.domain.audits import AuditPlan
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.principals import Principal
from labeltrust.notebook._audits import NO_COST, PlannedAudit
from labeltrust.notebook._cases import Casing, entry_frame
from labeltrust.notebook._damage import DamageFound
from labeltrust.notebook._forensics import (
    between_frame,
    company_frame,
    company_of,
    onset_frame,
    since_onset,
)
from labeltrust.notebook._frames import case_frame, labeler_frame, signal_frame
from labeltrust.notebook._labeler import LabelerReport
from labeltrust.notebook._labels import feature_frame, gold_frame
from labeltrust.notebook._nothing import (
    NO_ITEMS,
    NO_LABELS,
    NO_SUSPECTS,
    NOBODY_IN_CASE,
    NOT_ASSESSED,
    no_damage,
    no_report,
    no_retraining,
)
from labeltrust.notebook._replay import READER as _READER
from labeltrust.notebook._retraining import NOT_LEARNED, Labels, Model, Retraining, retrained
from labeltrust.notebook._review import Review, review_of
from labeltrust.services.draw_audit import AuditDraft, weigh_audit
from labeltrust.services.estimate_damage import DamageAsked, estimate_damage
from labeltrust.services.freeze_labels import list_standing
from labeltrust.services.incident_damage import incident_damage
from labeltrust.services.list_flags import list_flags
from labeltrust.services.read_assessment import read_assessment
from labeltrust.services.read_judgments import read_current
from labeltrust.services.read_timeline import read_timeline
from labeltrust.services.show_portrait import ON_A_PAGE, Portrait, show_portrait
from labeltrust.settings import Settings, read_settings

# A price is asked for by those who may draw; telling it draws nothing and leaves no trace.
_PLANNER = Principal(name="notebook", role="investigator", projects=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project(Casing):
    """One project of an open installation; every method reads anew."""

    def assessment(self) -> dict[str, Any]:
        """Return the newest assessment document."""
        return read_assessment(self.deployment, _READER, self.name)

    def labelers(self) -> pd.DataFrame:
        """Return one row a labeler: `trust`, `trust_low`, `trust_high`, `trust_n` and so on."""
        return labeler_frame(self.assessment()["labelers"])

    def signals(self) -> pd.DataFrame:
        """Return one row a labeler and signal: size with interval, p-value, q-value."""
        return signal_frame(self.assessment()["labelers"])

    def flags(self) -> pd.DataFrame:
        """Return one row a flag, oldest first."""
        return case_frame(list_flags(self.deployment, _READER, self.name))

    def flags_of(self, labelers: Sequence[str]) -> pd.DataFrame:
        """Return the flags of some labelers that are open or confirmed, oldest first."""
        flags = self.flags()
        if flags.empty:
            return flags
        return flags[flags["labeler"].isin(labelers) & (flags["status"] != "dismissed")]

    def freezes(self) -> pd.DataFrame:
        """Return one row a freeze, lifted ones too, oldest first."""
        return case_frame(list_standing(self.deployment, _READER, self.name, lifted=True))

    def level(self, question: str = "label") -> str:
        """Return the level of measurement of a question's labels, such as `nominal`."""
        return read_current(self.deployment, _READER, self.name, question).level

    def gold(self, question: str = "label") -> pd.DataFrame:
        """Return one row a gold item: item, label; closed audits are among them."""
        return gold_frame(self.deployment, _READER, self.name, question)

    def features(self) -> pd.DataFrame:
        """Return what events told of items: item and one column a feature, missing where untold."""
        return feature_frame(self.deployment, _READER, self.name)

    def retrain(
        self,
        model: Model,
        features: pd.DataFrame,
        *,
        target: str = "",
        by_item: bool = False,
        since_onsets: bool = True,
        labelers: Sequence[str] = (),
    ) -> Retraining:
        """Train a model with and without the suspects' labels, and ask both about gold items.

        Args:
            model: Any classifier of scikit-learn; it is copied.
            features: item and one column a feature.
            target: The class that is looked for; empty for the one that the suspects held back.
            by_item: Train on the label that most gave an item, not on every label by itself.
            since_onsets: Leave out a suspect's labels since the onset; False for all of them.
            labelers: The suspects; all who stand flagged if empty.

        Returns:
            Both models; where no item or no trusted item has features, the reason.

        Raises:
            InvalidInput: The table of features is none.
        """
        judgments, onsets = self.judgments(), self.onsets(labelers)
        left_out = since_onset(judgments, onsets if since_onsets else onsets[["labeler"]])
        labels = Labels(judgments=judgments, left_out=left_out, gold=self.gold(), by_item=by_item)
        try:
            return retrained(labels, features, model, target)
        except InvalidInput as error:
            if error.code != NOT_LEARNED:
                raise
            return no_retraining(target, NO_LABELS if judgments.empty else error.detail)

    def review(self, days: int = 7) -> Review:
        """Return the last days beside those before, for a weekly or monthly review."""
        return review_of(self, _READER, days)

    def most_suspect(self) -> str:
        """Return the first of the flagged, or else whom the assessment trusts least.

        Returns:
            The name; empty where nothing was assessed yet, or nobody has labeled.
        """
        flagged = self.suspects()
        if flagged or not self.is_assessed:
            return flagged[0] if flagged else ""
        known = self.labelers()
        return (
            "" if known.empty else str(known.sort_values("trust", kind="stable")["labeler"].iloc[0])
        )

    def labeler(self, name: str, items: int = ON_A_PAGE) -> LabelerReport:
        """Return everything the newest assessment holds of one labeler.

        Args:
            name: The outside id.
            items: Doubted items to show, at most.

        Returns:
            The report; where nothing was assessed yet, the reason why it holds nothing.

        Raises:
            NotFound: There is no such labeler.
        """
        if not self.is_assessed or not name:
            return no_report(NO_LABELS if self.judgments().empty else NOT_ASSESSED)
        pages = range(1, -(-items // ON_A_PAGE) + 1)
        found = [self._portrait(name, page) for page in pages]
        doubted = {one.item: one for page in found for one in page.items}
        return LabelerReport(
            name=name,
            drawn=found[0].drawn,
            meetings=found[0].pairs,
            doubted=list(doubted.values())[:items],
            flag_rate=self.deployment.settings.flag_rate,
        )

    def _portrait(self, name: str, page: int) -> Portrait:
        return show_portrait(self.deployment, _READER, self.name, name, page=page)

    def onsets(self, labelers: Sequence[str] = ()) -> pd.DataFrame:
        """Return one row a suspect, earliest onset first; see `onset_frame`.

        Args:
            labelers: The suspects; all who stand flagged if empty.
        """
        flags = list_flags(self.deployment, _READER, self.name)
        return onset_frame(flags, self.judgments(), labelers)

    def company(self, labelers: Sequence[str] = ()) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return what everybody has to do with the suspects, and the suspects with each other.

        Args:
            labelers: The suspects; all who stand flagged if empty.

        Returns:
            One row a labeler, see `company_frame`; one row a pair, see `between_frame`.
        """
        loaded = read_current(self.deployment, _READER, self.name, "label")
        found, suspects = company_of(loaded, self.onsets(labelers))
        names = [labeler.name for labeler in loaded.labelers]
        return company_frame(found, names, suspects), between_frame(found, names, suspects)

    def damage(self, labelers: Sequence[str] = (), question: str = "label") -> DamageFound:
        """Return what suspects did to the training labels, and how many of theirs are wrong.

        Args:
            labelers: The suspects; all who stand flagged if empty.
            question: Name of the question.

        Returns:
            The damage; where nobody is flagged and nobody was named, the reason why there is none.

        Raises:
            NotFound: A labeler or the question is not there.
        """
        asked = DamageAsked(project=self.name, labelers=tuple(labelers), question=question)
        try:
            return DamageFound(report=estimate_damage(self.deployment, _PLANNER, asked))
        except InvalidInput as error:
            if error.code != "no_suspects":
                raise
            why = NO_LABELS if self.judgments(question).empty else NO_SUSPECTS
            return no_damage(self.name, question, why)

    def case_damage(self, incident: int) -> DamageFound:
        """Return what the suspects of a case file did on its first question, or that it has none.

        Raises:
            NotFound: The project has no such incident.
        """
        try:
            self.suspects(incident)
        except InvalidInput as error:
            if error.code != "no_suspects":
                raise
            return no_damage(self.name, "label", NOBODY_IN_CASE)
        found = incident_damage(self.deployment, _PLANNER, incident)
        return DamageFound(report=found.reports[0])

    def history(self, days: int = 30) -> pd.DataFrame:
        """Return what happened lately, oldest first: at, actor, what, text, sequence."""
        now = self.deployment.clock()
        found, _ = read_timeline(
            self.deployment, _READER, self.name, (now - timedelta(days=days), now)
        )
        return entry_frame(found)

    def plan_audit(
        self,
        *,
        labeler: str | None = None,
        flag: int | None = None,
        margin: float | None = None,
        plan: AuditPlan | None = None,
    ) -> PlannedAudit:
        """Return what an audit would draw and cost; nothing is drawn.

        Args:
            labeler: Whose labels; None or empty for those of all.
            flag: A flag: its labeler and question.
            margin: Half width wanted of the interval of the error rate.
            plan: How else it would be drawn; the usual mixture if None.

        Raises:
            NotFound: The labeler or flag is not there.
            InvalidInput: The plan cannot be drawn.
        """
        wanted = plan or AuditPlan(margin=margin)
        draft = AuditDraft(project=self.name, labeler=labeler or None, flag=flag, plan=wanted)
        try:
            found = weigh_audit(self.deployment, _PLANNER, draft)
        except InvalidInput as error:
            if error.code != "nothing_to_audit":
                raise
            return PlannedAudit(draft=draft, cost=NO_COST, nothing=NO_ITEMS)
        return PlannedAudit(draft=draft, cost=found.cost, weights=found.weights)

    def plan_audits(self, margin: float) -> pd.DataFrame:
        """Return one row an open flag: what an audit of its labeler would draw and cost."""
        rows = list(self._planned(margin))
        return pd.DataFrame(rows, columns=["flag", "labeler", "population", "disputed", "items",
                                           "reviews", "hours"])  # fmt: skip

    def _planned(self, margin: float) -> Iterator[dict[str, Any]]:
        for flag in list_flags(self.deployment, _READER, self.name):
            if flag.status == "open":
                found = self.plan_audit(flag=flag.id, margin=margin)
                yield {"flag": flag.id, "labeler": flag.labeler, **found.figures()}


def open_project(name: str, settings: Settings | None = None) -> Project:
    """Open a project of the installation that the environment names.

    Raises:
        Misconfigured: The installation cannot be opened.
    """
    wanted = read_settings(os.environ) if settings is None else settings
    return Project(deployment=build_deployment(wanted), name=name)
