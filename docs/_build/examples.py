"""Which attack shows what a signal sees; a signal without an entry is shown uniform flips."""

from dataclasses import replace

from crowds import REVIEW, Example

from labeltrust.simulate import Assistant, Planting, Prose, Rhythm, Traits

FLIP = {"from_class": 1, "to_class": 0}
_WORKING = replace(REVIEW, rhythm=Rhythm())

USUAL = Example(planting=Planting(attack="uniform_flip", n_members=2, rate=0.4))
EXAMPLES = {
    "low_gold_accuracy": Example(
        planting=Planting(attack="targeted_flip", n_members=2, rate=0.9, **FLIP),
        crowd=replace(REVIEW, gold_share=0.4),
    ),
    "low_agreement": USUAL,
    "flipped_labels": Example(
        planting=Planting(attack="uniform_flip", n_members=2, rate=0.3),
        crowd=replace(REVIEW, n_items=3000, class_shares=(0.5, 0.3, 0.2), skills=(0.8, 0.92)),
    ),
    "targeted_flip": Example(
        planting=Planting(attack="targeted_flip", n_members=2, rate=0.6, **FLIP)
    ),
    "spam": Example(planting=Planting(attack="constant", n_members=2, rate=0.9, to_class=0)),
    "label_shift": Example(
        planting=Planting(attack="targeted_flip", n_members=1, rate=0.9, since_day=14, **FLIP)
    ),
    "turned": Example(
        planting=Planting(attack="uniform_flip", n_members=1, rate=0.5, since_day=14)
    ),
    "gold_leak": Example(
        planting=Planting(attack="gold_leak", n_members=2, rate=0.6),
        crowd=replace(REVIEW, gold_share=0.2),
    ),
    "collusion": Example(
        planting=Planting(attack="copy_ring", n_members=6, rate=0.5),
        crowd=replace(REVIEW, class_shares=(0.5, 0.3, 0.2)),
    ),
    "too_fast": Example(planting=Planting(attack="fast_clicking", n_members=2, rate=0.7)),
    "bursts": Example(
        planting=Planting(attack="fast_clicking", n_members=2, rate=0.7), crowd=_WORKING
    ),
    "too_regular": Example(
        planting=Planting(attack="fast_clicking", n_members=2, rate=1.0), crowd=_WORKING
    ),
    "copied_labels": Example(planting=Planting(attack="copying", n_members=2, rate=0.8)),
    "disputed_items": Example(
        planting=Planting(attack="disguise", n_members=2, rate=0.8),
        crowd=replace(REVIEW, n_items=3000, class_shares=(0.5, 0.3, 0.2)),
    ),
    "sequence": Example(planting=Planting(attack="sequence_pattern", n_members=2, rate=0.6)),
    "suggestion_acceptance": Example(
        planting=Planting(attack="accept_suggestions", n_members=2, rate=0.9),
        crowd=replace(REVIEW, assistant=Assistant()),
    ),
    "feature_trigger": Example(
        planting=Planting(attack="feature_backdoor", n_members=2, rate=0.9, **FLIP),
        crowd=replace(REVIEW, n_items=3000, traits=Traits(trigger_share=0.2)),
    ),
    "text_trigger": Example(
        planting=Planting(attack="text_backdoor", n_members=2, rate=0.9, to_class=0),
        crowd=replace(REVIEW, n_items=3000, prose=Prose()),
    ),
}
