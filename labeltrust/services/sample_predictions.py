"""Which predictions of a log become events: those on items with gold or other labels, and a sample.

A model that answers a million items would drown the few that people labeled. What is left out is
counted in the history; the log itself is kept as received, like any file, until originals go.
"""

import hashlib
from dataclasses import asdict, dataclass, field, replace

import numpy as np
from sqlmodel import Session

from labeltrust.domain.events import Event, Parsed, Piece
from labeltrust.domain.prediction_logs import Kept, Sampling
from labeltrust.domain.principals import Principal
from labeltrust.services._acts import begin_act, note
from labeltrust.services.deployment import Deployment
from labeltrust.store.aliases import item_space
from labeltrust.store.history import About
from labeltrust.store.inserting import known_id
from labeltrust.store.judgments import asked_of
from labeltrust.store.kept_events import KeptEvents
from labeltrust.store.names import is_known, item_representatives, labelers
from labeltrust.store.projects import project_row, questions_of
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.slices import GOLD_DECLARED, NONE, Int
from labeltrust.store.sources import source_row
from labeltrust.store.statements import Statements

_ITEMS = "SELECT lookup, coalesce(item_id, id) FROM item_alias WHERE lookup {in}"


@dataclass(slots=True)
class Sampler:
    """One log under way; begins with what the project knows of its items now.

    Attributes:
        sampling: Share and seed.
        kept: What was kept so far, and why.
    """

    deployment: Deployment
    principal: Principal
    project: str
    source: str
    sampling: Sampling
    kept: Kept = field(default_factory=Kept)
    _space: str = ""
    _gold: Int = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    _labeled: Int = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    _digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    _rows: int = 0

    def begin(self) -> None:
        """Look at what is labeled, and put on record that a log is read by halves."""
        with reading(self.deployment.engine) as session:
            row = project_row(session, self.project)
            names = [question.name for question in questions_of(session, row)]
            space = source_row(session, self.source).id_space
            self._space = item_space(known_id(row.id), space)
        found = [_items_of(self.deployment, self.project, name) for name in names]
        self._gold = np.unique(np.concatenate([gold for gold, _ in found]))
        self._labeled = np.unique(np.concatenate([labeled for _, labeled in found]))
        self._note("predictions.begun", {}, None)

    def of(self, piece: Piece) -> Piece:
        """Return a piece with the events that are to be kept; what it holds is counted."""
        parsed, before = piece.parsed, self.kept
        why = self._whys(parsed.events)
        chosen = [place for place, reason in enumerate(why) if reason]
        counts = {name: why.count(name) for name in ("gold", "labeled", "sampled")}
        self.kept = Kept(
            **{name: getattr(before, name) + n for name, n in counts.items()},
            left_out=before.left_out + len(why) - len(chosen),
        )
        self._digest.update(hashlib.sha256(piece.raw).digest())
        self._rows += len(why) + len(parsed.problems)
        return replace(piece, parsed=_only(parsed, chosen))

    def end(self, import_id: int | None) -> None:
        """Put on record how many rows there were, and how many became no events."""
        detail = {
            "rows": self._rows,
            **asdict(self.kept),
            "pieces_sha256": self._digest.hexdigest(),
        }
        self._note("predictions.sampled", detail, import_id)

    def _note(self, kind: str, detail: dict[str, object], import_id: int | None) -> None:
        deployment = self.deployment
        with unit_of_work(deployment.engine) as session:
            row = project_row(session, self.project)
            act = begin_act(session, row, self.principal.name, deployment.clock())
            about = About(source_id=_source_id(session, self.source), delivery_id=import_id)
            rule = {"share": self.sampling.share, "seed": self.sampling.seed}
            note(act, kind, {**rule, **detail}, about)

    def _whys(self, events: tuple[Event, ...]) -> list[str]:
        """Return why each event is kept, empty where it is not; only predictions are left out."""
        found = ["" if _is_prediction(one) else "labeled" for one in events]
        told = {one.item for one in events if _is_prediction(one)}
        gold, labeled = self._known(told)
        draws = self.sampling.draws
        return [
            why or ("gold" if one.item in gold else "labeled" if one.item in labeled
                    else "sampled" if draws(one.item) else "")
            for one, why in zip(events, found, strict=True)
        ]  # fmt: skip

    def _known(self, items: set[str]) -> tuple[set[str], set[str]]:
        """Return which items have gold, and which somebody labeled."""
        if not self._gold.size and not self._labeled.size:
            return set(), set()
        lookup = self.deployment.vault.lookup
        names = {lookup(self._space, item): item for item in items}
        with self.deployment.engine.connect() as connection:
            rows = list(Statements(connection).rows_in(_ITEMS, names))
        told = [names[bytes(row[0])] for row in rows]
        number = np.array([row[1] for row in rows], dtype=np.int64)
        return tuple(  # type: ignore[return-value] # two sets
            {told[k] for k in np.flatnonzero(np.isin(number, wanted)).tolist()}
            for wanted in (self._gold, self._labeled)
        )


def _is_prediction(event: Event) -> bool:
    return event.type == "label.submitted" and event.labeler_kind == "model"


def _only(parsed: Parsed, chosen: list[int]) -> Parsed:
    return replace(
        parsed,
        events=tuple(parsed.events[k] for k in chosen),
        positions=tuple(parsed.positions[k] for k in chosen),
    )


def _items_of(deployment: Deployment, project: str, question: str) -> tuple[Int, Int]:
    """Return the items with gold, and those that somebody other than a model labeled."""
    engine = deployment.engine
    asked = asked_of(engine, project, question)
    kept = KeptEvents(deployment.settings.home, engine, asked.chain_id, asked.question_id)
    events = kept.read(asked.position)
    item = item_representatives(engine, events.item)
    who = is_known(events.labeler)
    models = [one.id for one in labelers(engine, who) if one.kind == "model"]
    others = (events.labeler != NONE) & ~np.isin(events.labeler, models)
    return np.unique(item[events.kind == GOLD_DECLARED]), np.unique(item[others])


def _source_id(session: Session, name: str) -> int:
    return known_id(source_row(session, name).id)
