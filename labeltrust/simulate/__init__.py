"""Crowds and attacks with a known truth, one attack a file.

Draw a crowd with attacks planted in it, and put it into the frames that an import reads:

    draw_planted(crowd, plantings, rng) -> Planted(scene, orders, suspects)
    plant(scene_of(labels, gold), plantings, rng) -> Planted, into real labels
    to_frames(planted, words) -> Simulated(labels, gold, truth, items)
    honest_chance(scene) and attack.law: what an oracle knows
    attacks() -> Attack by name;  fraud_review(seed) -> Simulated;  write_seeds(folder)
"""

from labeltrust.simulate._base import Attack, Honest, Order, Scene
from labeltrust.simulate._circumstances import Assistant, Dispute, Prose, Rhythm, Traits
from labeltrust.simulate._crowd import Crowd, draw_leanings, draw_scene, draw_skills
from labeltrust.simulate._frames import Simulated, Words, to_frames
from labeltrust.simulate._fraud_review import (
    draw_fraud_review,
    fraud_features,
    fraud_review,
)
from labeltrust.simulate._inject import (
    scene_of,
    with_suggestions,
    with_texts,
    with_traits,
    words_of,
)
from labeltrust.simulate._laws import honest_chance
from labeltrust.simulate._plant import Planted, Planting, attacks, draw_planted, plant
from labeltrust.simulate._seeds import (
    labels_csv,
    sample_folder,
    write_fraud_review,
    write_seeds,
)

__all__ = [
    "Assistant",
    "Attack",
    "Crowd",
    "Dispute",
    "Honest",
    "Order",
    "Planted",
    "Planting",
    "Prose",
    "Rhythm",
    "Scene",
    "Simulated",
    "Traits",
    "Words",
    "attacks",
    "draw_fraud_review",
    "draw_leanings",
    "draw_planted",
    "draw_scene",
    "draw_skills",
    "fraud_features",
    "fraud_review",
    "honest_chance",
    "labels_csv",
    "plant",
    "sample_folder",
    "scene_of",
    "to_frames",
    "with_suggestions",
    "with_texts",
    "with_traits",
    "words_of",
    "write_fraud_review",
    "write_seeds",
]
