"""The sections of the report's page."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from labeltrust.domain.estimates import Estimate
from labeltrust.redteam._damage_section import damage_section
from labeltrust.redteam._markdown import table
from labeltrust.redteam.cells import CLASS_SHARES, MEMBERS, STANDARD
from labeltrust.redteam.claims import Claim, bounded, lead, rejected, told
from labeltrust.redteam.measures import share, upper_bound
from labeltrust.redteam.methods import OURS
from labeltrust.redteam.plan import Sizes
from labeltrust.redteam.summary import AttackFigures, costs, method_means

if TYPE_CHECKING:
    from labeltrust.redteam.report import Made, Report

_TITLES = {
    "attacks": "Attacks on the standard crowd",
    "published": "Attacks injected into published crowds",
    "other crowds": "Other crowds",
}


_HEAD = (
    "# Red team\n\nWritten by `make redteam`; do not edit. Attacks that go the whole way to a "
    "training set, by schedule: [drills and game days](../drills.md)."
)


def page(report: "Report", charts: Sequence[str]) -> str:
    """Return the whole page."""
    parts = [
        _HEAD,
        _how(report.made),
        _targets(report),
        _claims([*report.claims, *report.damage]),
        *(_attacks(report, name) for name in _TITLES if report.of(name)),
        _methods(report.frames["runs"], report.made) if len(report.frames["runs"]) else "",
        _framing(report),
        damage_section(report.frames["incidents"]),
        "\n\n".join(f"![{_spoken(name)}]({name})" for name in charts),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _spoken(name: str) -> str:
    return name.rpartition(".")[0].replace("-", " ")


def _how(made: "Made") -> str:
    versions = ", ".join(f"{name} {number}" for name, number in made.versions.items())
    seeds = (
        f"First seed {made.seed}, drawn when the run began; run k of every cell has the seed "
        f"{made.seed} + k. Thresholds were tuned on seeds below 10,000 only."
    )
    intervals = "Intervals are 95 %: Student's t over seeds for means, Clopper-Pearson for counts."
    told_of = f"Versions: {versions}; code {made.code}."
    lines = [_standard(), seeds, _sizes(made.sizes), told_of, intervals, *made.skipped]
    return "\n".join(f"- {line}" for line in lines)


def _standard() -> str:
    crowd = STANDARD
    shares = ", ".join(f"{x:.0%}" for x in CLASS_SHARES)
    each = crowd.n_items * crowd.labels_per_item // crowd.n_labelers
    return (
        f"Standard crowd: {crowd.n_labelers} labelers, {crowd.n_items} items, "
        f"{crowd.labels_per_item} labels an item, classes of {shares}, skill uniform from "
        f"{crowd.skills[0]:.2f} to {crowd.skills[1]:.2f}, activity log-normal (spread "
        f"{crowd.activity_spread:g}), so about {each} labels a labeler; {MEMBERS} attack, drawn "
        "among those of at least median activity."
    )


def _sizes(sizes: Sizes) -> str:
    return (
        f"Seeds a cell: {sizes.attacks} on the standard crowd, {sizes.others} on other crowds, "
        f"{sizes.published} on published crowds, {sizes.honest} without attackers; "
        f"{sizes.framing} runs a cell of the framing grid, {sizes.incidents} incidents."
    )


def _targets(report: "Report") -> str:
    if not report.targets:
        return ""
    missed = sum(not target.met for target in report.targets)
    rows = [[t.name, t.wanted, t.reached, "met" if t.met else "MISSED"] for t in report.targets]
    head = f"## Targets\n\n{len(rows) - missed} of {len(rows)} met."
    return f"{head}\n\n{table(['target', 'wanted', 'reached', ''], rows)}"


def _claims(claims: Sequence[Claim]) -> str:
    if not claims:
        return ""
    against = {claim.name for claim in rejected(claims)}
    rows = [
        [
            claim.name,
            "stated only" if claim.at_most is None else f"at most {claim.at_most:.1%}",
            f"{claim.k} of {claim.n}",
            _percent(claim),
            "REJECTED" if claim.name in against else "" if bounded(claim) else "not shown yet",
        ]
        for claim in claims
    ]
    return (
        "## Error rates\n\nA project is looked at ten times while its labels come in; who is "
        "flagged at any of these looks is ever flagged. `not shown yet`: the upper 95 % bound is "
        "above the claim.\n\n" + table(["what", "claimed", "seen", "share", ""], rows)
    )


def _percent(claim: Claim) -> str:
    seen = share(claim.k, claim.n)
    if not isinstance(seen, Estimate):
        return seen.reason
    return f"{seen.value:.2%} [{seen.low:.2%}, {seen.high:.2%}]"


def _attacks(report: "Report", name: str) -> str:
    columns = [
        "attack", "AUC#", "best other#", "lead, paired#", "", "power#", "oracle#",
        "false discoveries#", "disputed#", "ever flagged#", "frozen#", "labels to flag#",
        "poisoned before#", "onset error#", "ring named#",
    ]  # fmt: skip
    rows = [_attack(found) for found in report.of(name)]
    note = f"\n\n{_NOTES[name]}" if name in _NOTES else ""
    return f"## {_TITLES[name]}\n\n" + table(columns, rows) + f"\n\n{_EXPLAINED}{note}"


_NOTES = {
    "published": "Labelers of published crowds are not all honest: constant and random answerers "
    "of the sets themselves are flagged beside the injected and count here as false discoveries.",
}
_EXPLAINED = (
    "AUC: chance that an attacker ranks above an honest labeler. Best other: the method with the "
    "largest mean AUC. Power and realised false discovery rate of review flags at a nominal 5 %; "
    "no other method states an error rate, so none has these columns. A contested flag accuses "
    "nobody: it opens a file on both sides and never freezes; `disputed` counts honest labelers a "
    "run who have one, false discoveries count the other flags. Labels to flag: median of an "
    "attacker's labels after his onset until the first look that flags him; poisoned before: his "
    "poisoned labels among them; `over half never` where the median attacker is never flagged. "
    "Onset error: median distance of the estimated onset, in his labels over all of them."
)


def _attack(found: AttackFigures) -> list[str]:
    return [
        found.cell,
        told(found.auc, 3),
        f"{told(found.best_auc, 3)} {found.best}",
        told(found.ahead, 3),
        "" if lead(found).met else "behind",
        told(found.power),
        told(found.oracle_power) if isinstance(found.oracle_power, Estimate) else "",
        told(found.false_discovery, 3),
        f"{found.disputed:.2f}",
        told(found.caught),
        told(found.held),
        _median(found.labels_to_flag),
        _median(found.poisoned_to_flag),
        "" if found.onset_error is None else f"{found.onset_error:.3f}",
        told(found.ring_named),
    ]


def _median(value: float | None) -> str:
    return "over half never" if value is None else f"{value:.0f}"


def _methods(runs: pd.DataFrame, made: "Made") -> str:
    means, cost = method_means(runs), costs(runs)
    rows = [
        [cell, *("" if np.isnan(value) else f"{value:.3f}" for value in row)]
        for cell, row in zip(means.index, means.to_numpy(), strict=True)
    ]
    spent = [
        [name, f"{seconds:.3f}", f"{n:.0f}"]
        for name, seconds, n in zip(cost.index, cost["seconds"], cost["runs"], strict=True)
    ]
    told_of = [f"- {method.name}: {method.told}" for method in made.methods if method.told]
    return (
        "## Mean AUC of every method\n\n"
        + table(["attack", *(f"{name}#" for name in means.columns)], rows)
        + "\n\n"
        + "\n".join(told_of)
        + "\n\n## Cost\n\nMedian seconds of one call on the standard crowd, one process of several "
        f"on a busy machine; {OURS} does the whole assessment.\n\n"
        + table(["method", "seconds#", "runs#"], spent)
    )


def _framing(report: "Report") -> str:
    frame = report.frames["framing"]
    if not len(frame):
        return ""
    rows = [_framed(claim, frame[frame["cell"] == claim.name]) for claim in report.framing]
    worst = max(upper_bound(claim.k, claim.n) for claim in report.framing)
    others = int(frame["others_held"].sum())
    columns = ["cell", "runs#", "victim frozen#", "upper bound#", "victim flagged#",
               "accusers surface#", "others held#"]  # fmt: skip
    return (
        "## Framing\n\nThirty honest labelers of accuracy 0.82 to 0.97, 600 items; a ring takes "
        "the other seats on a share of one victim's items and outvotes him there. Upper bound: "
        "one-sided 95 %, of the share of runs that freeze the victim's labels; the largest is "
        f"{worst:.2%}, at most 1 % is claimed. {others} other honest labelers were held in "
        f"{len(frame)} runs. Accusers surface where a member is flagged or named as party of one "
        "ring.\n\n" + table(columns, rows)
    )


def _framed(claim: Claim, rows: pd.DataFrame) -> list[str]:
    return [
        claim.name,
        str(claim.n),
        str(claim.k),
        f"{upper_bound(claim.k, claim.n):.2%}",
        f"{rows['victim_flagged'].mean():.1%}",
        f"{rows['accusers_surface'].mean():.1%}",
        str(int(rows["others_held"].sum())),
    ]
