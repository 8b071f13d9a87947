"""Judgments to sums over items: one counter a file, and the counts of two blocks add up.

    block(item, labeler, label, *, n_labelers, values, level="nominal", occurred_us=, received_us=,
          duration_seconds=, suggestion=, gold=(item_ids, label_codes),
          features={name: (item_ids, values)}) -> Judgments    sorts, checks, fills in
    split(judgments, n) -> list[Judgments]        the same items in the same part, always
    select_items(judgments, items) -> Judgments   some items alone
    Cells(shape, key, sums)   sparse table: .index, .dense(which), .over(*axes), .where(mask), +

Each module exports COUNTER (name, counts, count):

    activity       Activity       judgments and items by labeler
    agreement      Agreement      project: items, paired items, similar pairs, label shares
    coincidences   Coincidences   Krippendorff: project, and what leaving out each labeler changes
    concordance    Concordance    numbers: own value and mean of the others
    confusion      Confusion      .table (labeler, gold, label), .n, .correct
    exchange       Exchange       .score .expected .variance .squares .items .informative per
                                  labeler; increments(judgments) gives the terms item by item
    flips          Flips          .observed, .expected (labeler, plurality of others, own label);
                                  expected.sums: p, p(1 - p), p(1 - p)(1 - 2p)
    label_mix      LabelMix       .observed .compared .expected (day, labeler, class), .covariance
                                  (labeler, class, class), .project (day, group, class)
    likeness       Alike          labels with parts: similarity within the item, to gold, by labeler
    majority       Majority       items, ties, unanimity, gold; consensus(judgments) label by item
    pairs          Pairs          .table (labeler, labeler, label, label) on shared items
    peers          Peers          .table (labeler, group, own label, peer label)

A counter with a group axis keeps its sums for `N_GROUPS` random groups of items, which metrics
leave out in turn for their intervals; sum over the axis for the total.
"""

from labeltrust.counts._base import Columns, Counter, Counts, Judgments, block
from labeltrust.counts._cells import Cells
from labeltrust.counts._features import Feature
from labeltrust.counts._split import N_GROUPS, select_items, split
from labeltrust.counts._tokens import Tokens

__all__ = [
    "N_GROUPS",
    "Cells",
    "Columns",
    "Counter",
    "Counts",
    "Feature",
    "Judgments",
    "Tokens",
    "block",
    "select_items",
    "split",
]
