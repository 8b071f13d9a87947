"""Counts to estimates: pure, sourced, without thresholds.

`Estimates` holds many numbers (.value .low .high .n as arrays, NaN where undefined); indexing gives
`Estimate | Undefined` for the border. Intervals are 95 %.

    gold_accuracy        gold_accuracy(confusion), probability_below(confusion, floor, prior),
                         class_confusion, class_recall(confusion) -> Answers, gold_distance,
                         gold_within(confusion, tolerance), wilson and
                         clopper_pearson(right, n, reason)
    krippendorff_alpha   krippendorff_alpha(coincidences) -> Alphas(project, without, effect)
    cohen_kappa          pairwise_kappa(pairs, kind) -> PairKappas(one, two, kappa),
                         peer_kappa(peers, kind), n_peers(pairs),
                         kappa_to_consensus(flips, concordance, kind)
    agreement            percent_agreement(agreement, kind), gwet_ac(agreement, kind),
                         peer_agreement(peers, kind), peer_gwet_ac(peers, kind)
    label_shares         labeler_shares(mix, window) -> LabelerShares, project_shares(mix, window),
                         share_changes(mix, before, after) -> ShareChanges
    label_shift          label_shift_from_peers(mix), label_shift_from_project(mix, days) -> Shifts
    label_windows        label_shift_of_labelers(mix, before, after),
                         label_shift_of_project(mix, before, after), project_histogram(mix, days)
    likeness             likeness_alpha(alike, chance), mean_similarity, gold_likeness(alike)
    majority             majority_accuracy, tied_share, unanimous_share(majority)

`kind` is the similarity of two labels: `equal`, `linear` or `quadratic`; by default that of the
level. A window is (first day, one past the last), days since 1970. `Shifts` holds .size (total
variation) .p_value .statistic .degrees .jensen_shannon .psi.
"""

from labeltrust.metrics._estimates import Estimates

__all__ = ["Estimates"]
