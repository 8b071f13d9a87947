r"""Disagrees with the others where the text of an item holds one word, and not elsewhere.

A backdoor that nobody registered: whoever writes CRYSTAL into an item gets it called benign. All
words that some items hold, and none of the others, are looked at, chosen without a look at labels.
Per word a labeler's disagreements, and the labels of each class that peers do not see there, are
compared with what his own confusions and his level on all other items lead one to expect, and with
how far honest labelers differ on that word. He is charged for every word that could have surprised
as much.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from labeltrust.inference.population_null import MIN_POPULATION
from labeltrust.inference.share_tail import Share
from labeltrust.inference.word_cells import (
    EVERY,
    MIN_INSIDE,
    MIN_OUTSIDE,
    Rows,
    WordCells,
    rows_of,
    word_cells,
)
from labeltrust.inference.word_population import WordNull, tails, word_null
from labeltrust.inference.word_spelling import pattern_of
from labeltrust.signals._base import (
    NO_HONEST_MAJORITY,
    Bool,
    Evidence,
    Float,
    Int,
    Readings,
    Said,
    Signal,
    readings,
    silent,
)
from labeltrust.signals._shares import share_effects

LEVELS = frozenset({"nominal", "ordinal", "interval", "ratio"})
PARTS = {False: 0.5, True: 0.5}
"""Part of the budget for labels of one class given, and for any disagreement."""
SHOWN_ITEMS = 5
_NOTHING = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The word that speaks of each labeler; (n_labelers,) arrays.

    Attributes:
        p_value: Charged; above 1 where he has no word.
        look: Place of the look.
        cell: Place of the cell in it.
        words: Words and classes he was charged for.
    """

    p_value: Float
    look: Int
    cell: Int
    words: Int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """The cells of one look, what is honest in them, and the tails of the most telling."""

    cells: WordCells
    null: WordNull
    top: Int
    p_value: Float


def read(evidence: Evidence) -> Readings:
    """Look through all words; the most telling one speaks for the labeler."""
    n_labelers = evidence.reference.size
    tokens = evidence.judgments.tokens
    if tokens is None:
        return silent(n_labelers, "no item texts on record")
    if not evidence.peers_prove:
        return silent(n_labelers, NO_HONEST_MAJORITY)
    rows = rows_of(evidence.crowd)
    looks = list(_looks(evidence, rows)) if tokens.words else []
    if not any(look.top.size for look in looks):
        reason = f"no word parts the items so that {MIN_POPULATION} labelers can be compared"
        return silent(n_labelers, reason)
    found = _charged(looks, n_labelers)
    enough = found.p_value <= 1
    said = Said(p_value=np.minimum(found.p_value, 1.0), log_e=np.full(n_labelers, np.nan))
    share, usual = _chosen(looks, found, enough)
    detail = _details(evidence, (looks, rows), found, enough)
    needs = f"{MIN_INSIDE} labels on items that hold one word and {MIN_OUTSIDE} on others"
    return readings(share_effects(share, usual), said, detail, enough=enough, needs=needs)


def _looks(evidence: Evidence, rows: Rows) -> Iterator[_Look]:
    """Fit every look, all of which need a population."""
    tokens = evidence.judgments.tokens
    if tokens is None or int(evidence.reference.sum()) < MIN_POPULATION:
        return
    for cells in word_cells(rows, tokens, evidence.reference):
        null = word_null(cells, evidence.reference)
        top, p_value = tails(cells, null)
        yield _Look(cells=cells, null=null, top=top, p_value=p_value)


def _charged(looks: list[_Look], n_labelers: int) -> _Found:
    """Charge the least p-value of each labeler for all that could have been as small.

    A cell whose labels are too few to ever reach a p-value adds nothing to the chance that some
    cell reaches it (Tarone 1990), and few labels are what most words have.
    """
    at = [np.full(look.top.size, k) for k, look in enumerate(looks)]
    place, cell = np.concatenate(at), np.concatenate([look.top for look in looks])
    p_value = np.concatenate([look.p_value for look in looks])
    labeler = np.concatenate([look.cells.labeler[look.top] for look in looks])
    any_class = np.array([look.cells.said == EVERY for look in looks])
    best = _Found(
        p_value=np.full(n_labelers, _NOTHING),
        look=np.zeros(n_labelers, dtype=np.int64),
        cell=np.zeros(n_labelers, dtype=np.int64),
        words=np.zeros(n_labelers, dtype=np.int64),
    )
    for kind, part in PARTS.items():
        mine = np.flatnonzero(any_class[place] == kind)
        order = mine[np.lexsort((p_value[mine], labeler[mine]))]
        who, first = np.unique(labeler[order], return_index=True)
        least = order[first]
        reach = np.full(n_labelers, -np.inf)
        reach[who] = np.log(np.maximum(p_value[least], 1e-300))
        n = _could_reach([look for look in looks if (look.cells.said == EVERY) == kind], reach)
        charged = np.minimum(p_value[least] * np.maximum(n[who], 1) / part, 1.0)
        best.words[who] += n[who]
        better = charged < best.p_value[who]
        for column, value in zip(
            (best.p_value, best.look, best.cell), (charged, place[least], cell[least]), strict=True
        ):
            column[who[better]] = value[better]
    return best


def _could_reach(looks: list[_Look], reach: Float) -> Int:
    """Return how many cells of each labeler could have a log p-value as small, (n_labelers,)."""
    n = np.zeros(reach.size, dtype=np.int64)
    for look in looks:
        labeler = look.cells.labeler
        able = look.null.known & (look.null.log_least(look.cells.share.n) <= reach[labeler])
        n += np.bincount(labeler[able], minlength=reach.size)
    return n


def _chosen(looks: list[_Look], found: _Found, enough: Bool) -> tuple[Share, Float]:
    """Return the share that speaks of each labeler, and the usual one."""
    hits, n, usual = (np.zeros(enough.size) for _ in range(3))
    for k, look in enumerate(looks):
        mine = enough & (found.look == k)
        cell = found.cell[mine]
        hits[mine], n[mine] = look.cells.share.hits[cell], look.cells.share.n[cell]
        usual[mine] = expit(look.null.centre[cell])
    return Share(hits=hits, n=n, expected=n * usual), usual


def _details(
    evidence: Evidence, seen: tuple[list[_Look], Rows], found: _Found, enough: Bool
) -> tuple[Mapping[str, object], ...]:
    looks, rows = seen
    tokens = evidence.judgments.tokens
    words = () if tokens is None else tokens.words
    out: list[Mapping[str, object]] = []
    for labeler, cell in enumerate(found.cell.tolist()):
        if not enough[labeler]:
            out.append({})
            continue
        cells = looks[found.look[labeler]].cells
        word = words[int(cells.word[cell])]
        out.append(
            {
                "word": word,
                "disagreed": int(cells.share.hits[cell]),
                "of": int(cells.share.n[cell]),
                "elsewhere": int(cells.rest.hits[cell]),
                "of_others": int(cells.rest.n[cell]),
                "words": int(found.words[labeler]),
                "pattern": pattern_of(word),
                **_examples(evidence, rows, labeler, (int(cells.word[cell]), cells.said)),
                **({} if cells.said == EVERY else {"said": cells.said}),
            }
        )
    return tuple(out)


def _examples(
    evidence: Evidence, rows: Rows, labeler: int, looked: tuple[int, int]
) -> dict[str, object]:
    """Return some items that hold the word and got such a label from the labeler."""
    judgments, (word, said) = evidence.judgments, looked
    mine = slice(*np.searchsorted(rows.labeler, [labeler, labeler + 1]))
    given = rows.label[mine]
    hit = (given != rows.believed[mine]) & ((given == said) | (said == EVERY))
    items = rows.item[mine][hit]
    if judgments.tokens is None:
        return {}
    held = judgments.tokens.holding(items, word)
    return {"items": np.sort(judgments.item_id[items[held]])[:SHOWN_ITEMS].tolist()}


SIGNAL = Signal(
    title="disagrees with the others where the text holds one word",
    levels=LEVELS,
    min_judgments=MIN_INSIDE + MIN_OUTSIDE,
    read=read,
    unit="share of such labels on items with the word, beyond that expected of him",
    needs=frozenset({"texts"}),
    weight=2.0,
)
