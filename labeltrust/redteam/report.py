"""The report of a run: Markdown, Parquet and charts, written by the run and never by hand."""

import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pandas as pd

from labeltrust.redteam import _charts, _sections
from labeltrust.redteam._damage_section import damage_claims
from labeltrust.redteam._store import Tables
from labeltrust.redteam.claims import Claim, Target, error_claims, framing_claims, targets
from labeltrust.redteam.methods import Method
from labeltrust.redteam.plan import Sizes
from labeltrust.redteam.summary import AttackFigures, attack_figures

_FILES = {
    "runs": "results.parquet",
    "attackers": "attackers.parquet",
    "framing": "framing.parquet",
    "incidents": "incidents.parquet",
}
_LIBRARIES = ("numpy", "scipy", "pandas", "statsmodels", "crowd-kit", "cleanlab")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """How the figures were made: all that a reader needs to make them again."""

    seed: int
    sizes: Sizes
    code: str
    methods: tuple[Method, ...] = ()
    skipped: tuple[str, ...] = ()

    @property
    def versions(self) -> dict[str, str]:
        """Versions of the interpreter and of the libraries that took part."""
        found = {"python": platform.python_version()}
        for name in _LIBRARIES:
            try:
                found[name] = version(name)
            except PackageNotFoundError:
                continue
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The rows of a run and what they amount to.

    Attributes:
        made: How.
        frames: Rows by table: `runs`, `attackers`, `framing`, `incidents`.
        figures: Of each attack.
        claims: Error rates.
        framing: Claims of the framing grid.
        damage: Claims of damage estimates.
        targets: What is aimed at.
    """

    made: Made
    frames: dict[str, pd.DataFrame]
    figures: tuple[AttackFigures, ...]
    claims: tuple[Claim, ...]
    framing: tuple[Claim, ...]
    damage: tuple[Claim, ...]
    targets: tuple[Target, ...]

    def of(self, name: str) -> list[AttackFigures]:
        """Return the figures of one table, such as `attacks`."""
        runs = self.frames["runs"]
        if runs.empty:
            return []
        cells = set(runs.loc[runs["table"] == name, "cell"])
        return [found for found in self.figures if found.cell in cells]


def report_of(found: Tables, made: Made) -> Report:
    """Return the report of all rows."""
    frames = {name: pd.DataFrame(found.get(name, [])) for name in _FILES}
    runs, framing, incidents = frames["runs"], frames["framing"], frames["incidents"]
    figures = attack_figures(runs, frames["attackers"]) if len(runs) else []
    main = set(runs.loc[runs["table"] == "attacks", "cell"]) if len(runs) else set()
    return Report(
        made=made,
        frames=frames,
        figures=tuple(figures),
        claims=tuple(error_claims(runs)) if len(runs) else (),
        framing=tuple(framing_claims(framing)) if len(framing) else (),
        damage=tuple(damage_claims(incidents)) if len(incidents) else (),
        targets=tuple(targets([f for f in figures if f.cell in main])),
    )


def write(report: Report, folder: Path, *, charts: bool = True) -> list[Path]:
    """Write the report into a folder and return its files.

    Charts need the renderer of the extra `notebooks`; without it, or with `charts` False, the page
    has tables only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn = _charts.write_all(report, folder) if charts else []
    page = folder / "README.md"
    page.write_text(_sections.page(report, [path.name for path in drawn]), encoding="utf-8")
    return [page, *_parquet(report.frames, folder), *drawn]


def _parquet(frames: dict[str, pd.DataFrame], folder: Path) -> list[Path]:
    written = []
    for name, frame in frames.items():
        if len(frame):
            path = folder / _FILES[name]
            frame.to_parquet(path, index=False)
            written.append(path)
    return written
