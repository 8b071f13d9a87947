"""Bulk load of a file, through the same record as webhooks, piece by piece."""

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Final

from labeltrust.domain.errors import InvalidInput, TooLarge
from labeltrust.domain.events import Event, Piece
from labeltrust.domain.principals import Principal
from labeltrust.ingest.files import AUTO, FileFormat, RowSettings, file_format, opened
from labeltrust.services._import_paths import Read, opened_path
from labeltrust.services._manifested import needs_manifest, require_manifest
from labeltrust.services.ask_gold import ask_gold, left_out
from labeltrust.services.deployment import Deployment
from labeltrust.services.import_report import (
    ImportProgress,
    ImportReport,
    ImportRequest,
    Progress,
    added,
)
from labeltrust.services.import_target import prepare_target, source_config
from labeltrust.services.intake import with_event_ids
from labeltrust.services.record_events import key_id_of
from labeltrust.services.sample_predictions import Sampler
from labeltrust.store.drafts import Submission
from labeltrust.store.recording import Recorder

__all__ = ["ImportProgress", "ImportReport", "ImportRequest", "import_file"]

# A piece is one transaction: short enough for webhooks to pass in between.
ROWS_PER_PIECE: Final = 2_000
ROWS_OF_A_LOG: Final = 20_000
"""Of a log of predictions few rows become events."""


def import_file(
    deployment: Deployment, principal: Principal, request: ImportRequest, progress: Progress
) -> ImportReport:
    """Load a file, and its file of gold labels behind it; the same file twice adds nothing.

    Every piece of the file is committed by itself, so that an import which was cut short is
    simply run again. Gold labels that items have stay: another one is asked of a second person.

    Args:
        deployment: The installation.
        principal: Who imports; recorded on every event.
        request: What to load.
        progress: Told after every piece.

    Raises:
        NotAllowed: The role may not write events, not create the project, or not declare gold.
        InvalidInput: The file cannot be read; names file and place. What came before the place
            is on record.
    """
    principal.require("write_events", request.project)
    if request.gold is not None:
        principal.require("gold", request.project)
    recorder = Recorder(deployment.engine, deployment.vault)
    load = _Load(deployment, principal, request, recorder, progress)
    with _seldom_collected():
        report = load.file(request.path, is_gold=False)
        if request.gold is None:
            return report
        return replace(report, gold=load.file(request.gold, is_gold=True))


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Let the collector of cycles look seldom: rows make none, and it takes a tenth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@dataclass(slots=True)
class _Load:
    """One import under way."""

    deployment: Deployment
    principal: Principal
    request: ImportRequest
    recorder: Recorder
    progress: Progress

    def file(self, path: Path, *, is_gold: bool) -> ImportReport:
        """Load one file."""
        try:
            if not is_gold:
                self._require_manifest(path)
            with opened_path(path) as file:
                return self._load(file, is_gold=is_gold)
        except (InvalidInput, TooLarge) as error:
            detail, place = getattr(error, "detail", str(error)), getattr(error, "place", "")
            where = ", ".join(part for part in (str(path), place) if part)
            raise InvalidInput(detail, place=where, code=error.code) from None

    def _require_manifest(self, path: Path) -> None:
        """Hold the file against its supplier's manifest, where there is one or has to be one."""
        source, manifest = self.request.source, self.request.manifest
        if manifest is not None:
            require_manifest(
                self.deployment, self.principal, source, (path, manifest), lambda: self._rows(path)
            )
        elif needs_manifest(self.deployment, source):
            detail = f"the supplier of source {source[:200]!r} signs its files: name --manifest"
            raise InvalidInput(detail, place="manifest", code="manifest_missing")

    def _rows(self, path: Path) -> int:
        """Count the rows of the file as they would be read, readable or not."""
        with opened_path(path) as file:
            look, whole = opened(file)
            kind = file_format(self.request.format, look)
            pieces = kind.read(whole, self._settings(file.path, is_gold=False))
            return sum(len(p.parsed.events) + len(p.parsed.problems) for p in pieces)

    def _load(self, file: Read, *, is_gold: bool) -> ImportReport:
        look, whole = opened(file)
        kind = file_format(AUTO if is_gold else self.request.format, look)
        settings = self._settings(file.path, is_gold=is_gold)
        pieces = kind.read(whole, settings)
        report = ImportReport(
            file=file.path.name,
            project=self.request.project,
            source=self.request.source,
            format=kind.name,
        )
        first = next(pieces, None)  # before anything is made: it may be no such file
        if first is None:
            return report
        return self._record(chain([first], pieces), first, report, _Reading(file, kind, settings))

    def _record(
        self, pieces: Iterator[Piece], first: Piece, report: ImportReport, read: "_Reading"
    ) -> ImportReport:
        target = prepare_target(self.deployment, self.principal, self.request, first.parsed)
        report = replace(report, project_created=target.is_new)
        seen: Counter[int] = Counter()
        at = self.deployment.clock()
        left: list[Event] = []
        sampler = self._sampler(read)
        for told in pieces:
            target.expect(told.parsed)
            piece = told if sampler is None else sampler.of(told)
            parsed = with_event_ids(piece.parsed, self.request.source, seen)
            at = max(self.deployment.clock(), at)
            named = replace(piece, parsed=parsed)
            [outcome] = self.recorder.record([self._submission(named, read, at, report)])
            # Every row has a received time of its own, so the next piece begins behind this one.
            at += timedelta(microseconds=1 + max(parsed.positions, default=0))
            report = added(report, named, outcome)
            left += left_out(parsed, outcome)
            self.progress(read.progress(report))
        if sampler is not None:
            sampler.end(report.import_id)
            rows = report.rows + sampler.kept.left_out
            report = replace(report, rows=rows, kept=sampler.kept)
        return replace(report, approvals=self._asked(report, left))

    def _sampler(self, read: "_Reading") -> Sampler | None:
        """Return what chooses among predictions, where the file is a log of them."""
        wanted = self.request.sampling
        if wanted is None or read.settings.gold:
            return None
        sampler = Sampler(
            self.deployment, self.principal, self.request.project, self.request.source, wanted
        )
        sampler.begin()
        return sampler

    def _asked(self, report: ImportReport, left: list[Event]) -> tuple[int, ...]:
        reason = f"import of {report.file[:200]}, import {report.import_id}"
        return ask_gold(self.deployment, self.principal, report.source, left, reason=reason)

    def _submission(
        self, piece: Piece, read: "_Reading", at: datetime, report: ImportReport
    ) -> Submission:
        return Submission(
            source=self.request.source,
            body=piece.raw,
            parsed=piece.parsed,
            received_at=at,
            parser=read.kind.parser_version,
            headers={
                "file": read.file.path.name,
                "format": read.kind.name,
                "first_row": piece.first_row,
                "project": read.settings.project,
                "question": read.settings.question,
                "labeler_kind": read.settings.labeler_kind,
                "gold": read.settings.gold,
            },
            key_id=key_id_of(self.principal),
            actor=self.principal.name,
            scope=self.principal.projects,
            may_declare_gold=self.principal.may("gold"),
            may_change_gold=False,
            spread=True,
            import_id=report.import_id,
        )

    def _settings(self, path: Path, *, is_gold: bool) -> RowSettings:
        config, platform = source_config(self.deployment, self.request.source)
        return RowSettings(
            project=self.request.project,
            question=self.request.question,
            labeler_kind=self.request.labeler_kind,
            gold=is_gold,
            config=config,
            platform=platform,
            rows_per_piece=ROWS_PER_PIECE if self.request.sampling is None else ROWS_OF_A_LOG,
            file=path.name.removesuffix(".gz"),
            labeler=None if is_gold else self.request.labeler,
        )


@dataclass(frozen=True, slots=True)
class _Reading:
    """A file, and how it is read."""

    file: Read
    kind: FileFormat
    settings: RowSettings

    def progress(self, report: ImportReport) -> ImportProgress:
        """Return how far it is."""
        return ImportProgress(
            file=self.file.path.name,
            bytes_read=self.file.bytes_read,
            bytes_total=self.file.size,
            rows=report.rows,
        )
