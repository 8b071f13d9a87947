"""One label an item where labels have parts: the one most like the others, or what most hold.

Averaging texts or boxes makes labels that nobody gave and nobody checked. So the consensus is the
medoid (Kaufman and Rousseeuw 1987): of the labels given, the one with the greatest summed
similarity to all, each labeler weighed by trust. Sets have a natural middle: the members that more
than half of the votes hold. Where gold is known it goes before everybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from labeltrust.counts import Judgments
from labeltrust.counts._base import Bool, Float, Int, summed
from labeltrust.counts._meetings import met_similarity
from labeltrust.counts._tally import Tally, tally
from labeltrust.counts.likeness import gold_similarity
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.labels import canonical_label
from labeltrust.domain.similarity import RIGHT
from labeltrust.domain.similarity.sets import jaccard, members_of
from labeltrust.inference.consensus import NO_CONSENSUS, Consensus

_DIGITS = 9  # sums of similarities; equal ones may differ by rounding only
_MOST_LEADERS = 64
"""Labels sharing the lead that a label is compared with; where more do, nothing is agreed on."""
ALIKE, UNLIKE = 0, 1
WORDS = ("alike", "unlike")
"""The two classes left of labels with parts, see `alike_or_not`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsConsensus:
    """Consensus of labels with parts, and the labels that nobody gave as a whole.

    Attributes:
        found: Consensus of every item; `share` is the mean similarity of the votes to it. Codes
            from the block's `n_labels` on mean labels of `made`.
        made: Canonical labels that were put together.
    """

    found: Consensus
    made: tuple[str, ...] = ()


def parts_consensus(
    judgments: Judgments, words: Sequence[str], trust: Float | None = None
) -> PartsConsensus:
    """Return the consensus of every item of a block with `likeness`.

    Args:
        judgments: A block of a level in `counts._base.STRUCTURED`.
        words: (n_labels,) canonical labels by code.
        trust: (n_labelers,) weights of the labelers, at least 0; all alike by default.

    Raises:
        InvalidInput: The block does not know how alike its labels are.

    >>> from labeltrust.counts import block
    >>> from labeltrust.counts._meetings import with_likeness
    >>> words = ('["a"]', '["a","b"]', '["b","c"]')
    >>> b = block([1] * 3, [0, 1, 2], [0, 1, 2], n_labelers=3, values=[0, 1, 2], level="set")
    >>> agreed = parts_consensus(with_likeness(b, words, np.random.default_rng(1)), words)
    >>> agreed.found.label.tolist(), agreed.found.tied.tolist()
    ([1], [False])
    """
    votes = _votes(judgments, trust)
    if judgments.level == "set":
        agreed = _most_members(judgments, words, votes)
    else:
        agreed = PartsConsensus(found=_medoid(judgments, votes))
    return replace(agreed, found=_with_gold(judgments, agreed.found))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Votes:
    """Weighted votes of a block, and how much each distinct label of an item is like all of them.

    Attributes:
        found: The block's tally.
        weight: (n_runs,) votes for each label of each item.
        total: (n_items,) votes of each item.
        alike: (n_runs,) mean similarity of the item's votes to the label, in [0, 1].
        leads: (n_runs,) whether no other label of the item is more like all.
    """

    found: Tally
    weight: Float
    total: Float
    alike: Float
    leads: Bool


def _votes(judgments: Judgments, trust: Float | None = None) -> _Votes:
    if judgments.likeness is None:
        detail = f"a block of level {judgments.level} does not know how alike its labels are"
        raise InvalidInput(detail, code="likeness_missing")
    found = tally(judgments)
    vote = found.vote if trust is None else found.vote * trust[judgments.labeler]
    weight = summed(found.run_of_row, vote, found.run_n.size)
    total = summed(found.run_item, weight, judgments.n_items)
    alike = met_similarity(found.run_item, found.run_label, weight, judgments.likeness)
    mean = np.round(alike / np.maximum(total[found.run_item], 1e-12), _DIGITS)
    most = np.zeros(judgments.n_items)
    np.maximum.at(most, found.run_item, mean)
    return _Votes(
        found=found, weight=weight, total=total, alike=mean, leads=mean == most[found.run_item]
    )


def _medoid(judgments: Judgments, votes: _Votes) -> Consensus:
    found, lead = votes.found, np.flatnonzero(votes.leads)
    n_leading = np.bincount(found.run_item[lead], minlength=judgments.n_items)
    label = np.full(judgments.n_items, NO_CONSENSUS, dtype=np.int64)
    share = np.zeros(judgments.n_items)
    share[found.run_item[lead]] = votes.alike[lead]
    alone = lead[n_leading[found.run_item[lead]] == 1]
    label[found.run_item[alone]] = found.run_label[alone]
    return _consensus("medoid", label, share, found.voters, n_leading > 1)


def _most_members(judgments: Judgments, words: Sequence[str], votes: _Votes) -> PartsConsensus:
    """Return the members that more than half of the votes hold; exactly half is a tie."""
    found, (members, names) = votes.found, members_of(words)
    shape = (judgments.n_items, found.run_label.size)
    voted = sparse.csr_array((votes.weight, (found.run_item, np.arange(shape[1]))), shape=shape)
    held = (voted @ members[found.run_label]).tocoo()
    item, member = (axis.astype(np.int64) for axis in held.coords)
    half = np.round(held.data - votes.total[item] / 2, _DIGITS)
    tied = np.bincount(item[half == 0], minlength=judgments.n_items) > 0
    label, made = _made(item[half > 0], member[half > 0], names, words, judgments.n_items)
    alike = jaccard((*words, *made))(label[found.run_item], found.run_label)
    share = summed(found.run_item, alike * votes.weight, judgments.n_items)
    label = np.where(tied | (found.voters == 0), NO_CONSENSUS, label)
    share = share / np.maximum(votes.total, 1e-12)
    whole = _consensus("majority of members", label, share, found.voters, tied)
    return PartsConsensus(found=whole, made=made)


def _made(
    item: Int, member: Int, names: Sequence[str], words: Sequence[str], n_items: int
) -> tuple[Int, tuple[str, ...]]:
    """Return a code for the set of each item's members, and the sets that had none."""
    parts: list[list[str]] = [[] for _ in range(n_items)]
    for place, name in zip(item.tolist(), member.tolist(), strict=True):
        parts[place].append(names[name])
    code = {word: place for place, word in enumerate(words)}
    label = [code.setdefault(canonical_label(some, "set", None), len(code)) for some in parts]
    return np.array(label, dtype=np.int64), tuple(code)[len(words) :]


def _with_gold(judgments: Judgments, agreed: Consensus) -> Consensus:
    known = judgments.gold >= 0
    alike, rows = gold_similarity(judgments)
    vote = tally(judgments).vote[rows]
    item = judgments.item[rows]
    share = summed(item, alike * vote, judgments.n_items) / np.maximum(agreed.n, 1)
    return replace(
        agreed,
        label=np.where(known, judgments.gold, agreed.label),
        share=np.where(known, share, agreed.share),
        tied=agreed.tied & ~known,
    )


def _consensus(method: str, label: Int, share: Float, voters: Int, tied: Bool) -> Consensus:
    value = np.full(label.size, np.nan)
    return Consensus(method=method, label=label, value=value, n=voters, share=share, tied=tied)


def alike_or_not(judgments: Judgments) -> Judgments:
    """Return a block of two classes, for what knows classes only: alike, or unlike.

    A label on a gold item is alike if its similarity to gold is at least `domain.similarity.RIGHT`,
    any other if its similarity to the item's medoid is, or to one of several that share the lead.
    Gold is always alike.

    >>> from labeltrust.counts import block
    >>> from labeltrust.counts._meetings import with_likeness
    >>> b = block([1] * 3, [0, 1, 2], [0, 1, 2], n_labelers=3, values=[0, 1, 2], level="text")
    >>> b = with_likeness(b, ("a cat", "a cut", "nothing"), np.random.default_rng(1))
    >>> alike_or_not(b).label.tolist()
    [0, 0, 1]
    """
    votes, likeness = _votes(judgments), judgments.likeness
    gold = judgments.gold[judgments.item]
    best = votes.leads[votes.found.run_of_row].astype(np.float64)
    if likeness is not None:
        _against_leaders(judgments, votes, best)
        on_gold = np.flatnonzero(gold >= 0)
        best[on_gold] = likeness.of(judgments.label[on_gold], gold[on_gold])
    return replace(
        judgments,
        label=np.where(best >= RIGHT, ALIKE, UNLIKE),
        suggestion=np.full_like(judgments.suggestion, -1),
        gold=np.where(judgments.gold >= 0, ALIKE, -1),
        values=np.arange(2.0),
        level="nominal",
        likeness=None,
    )


def _against_leaders(judgments: Judgments, votes: _Votes, best: Float) -> None:
    """Put each row's greatest similarity to a leading label of its item into `best`."""
    found, likeness = votes.found, judgments.likeness
    lead = np.flatnonzero(votes.leads)
    begins = np.searchsorted(found.run_item[lead], judgments.item, side="left")
    several = np.searchsorted(found.run_item[lead], judgments.item, side="right") - begins
    for k in range(min(int(several.max(initial=0)), _MOST_LEADERS)):
        rows = np.flatnonzero(several > k)
        leader = found.run_label[lead[begins[rows] + k]]
        alike = likeness.of(judgments.label[rows], leader)  # type: ignore[union-attr]
        best[rows] = np.maximum(best[rows], np.nan_to_num(alike, nan=0.0))
