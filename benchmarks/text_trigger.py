"""How often `text_trigger` accuses honest labelers, and how many backdoors it finds.

The crowds are drawn here, not by `labeltrust.simulate`: in these some words make items hard for
everybody, words go with the class, and every labeler errs more on some topics or words than others
do. Seeds are apart from those that the signal was tuned on.

    python benchmarks/text_trigger.py [--part errors|power] [--seeds 40]
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from labeltrust.counts import Judgments, Tokens, block, label_mix
from labeltrust.counts.exchange import count as exchange
from labeltrust.inference.crowd import fit_crowd
from labeltrust.inference.crowd_rows import crowd_rows
from labeltrust.signals._base import Evidence, Readings
from labeltrust.signals.text_trigger import SIGNAL
from labeltrust.simulate import Crowd, Scene, draw_scene
from labeltrust.simulate._answers import _slip

Int = NDArray[np.int64]
Float = NDArray[np.float64]
MARK = "crystal"
OF_ERRORS, OF_POWER = 9_000, 9_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What items say, and what that does to honest labelers; sizes in log odds.

    Attributes:
        words: Mean number of words of an item.
        hard_words: Words that make an item harder for everybody, by `hard`.
        special: How far labelers differ on each of ten topics.
        personal: How far they differ on each of 40 words.
        class_words: Share of words that depend on the class.
    """

    words: int = 50
    hard_words: int = 0
    hard: float = 1.5
    special: float = 0.0
    personal: float = 0.0
    class_words: float = 0.0
    vocabulary: int = 5_000
    topics: int = 10
    topical: float = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """A backdoor: so many members flip labels of items with the word, to one class or any."""

    members: int
    share: float
    rate: float = 0.8
    to_class: int | None = None


USUAL = Crowd(n_labelers=60, n_items=4000, labels_per_item=5)
HONEST = {
    "plain": (USUAL, Text()),
    "20 hard words": (USUAL, Text(hard_words=20)),
    "5 very hard words": (USUAL, Text(hard_words=5, hard=3.0)),
    "specialists, 0.5": (USUAL, Text(special=0.5)),
    "specialists, 1.0": (USUAL, Text(special=1.0)),
    "own on 40 words, 0.7": (USUAL, Text(personal=0.7)),
    "words of classes, 4 of them": (
        replace(USUAL, class_shares=(0.4, 0.3, 0.2, 0.1)),
        Text(class_words=0.3),
    ),
    "uneven, strong leanings": (
        replace(USUAL, activity_spread=1.2, bias_spread=0.7),
        Text(hard_words=20),
    ),
    "3 labels, hard items": (
        replace(USUAL, labels_per_item=3, difficulty_spread=1.5, class_shares=(0.85, 0.15)),
        Text(hard_words=10),
    ),
    "12 labelers": (
        replace(USUAL, n_labelers=12, n_items=800, labels_per_item=4),
        Text(words=20),
    ),
    "20 labelers, long texts": (
        replace(USUAL, n_labelers=20, n_items=6000),
        Text(words=80, hard_words=20, special=0.3),
    ),
}
TWO = replace(USUAL, class_shares=(0.6, 0.4))
FOUR = replace(USUAL, class_shares=(0.4, 0.3, 0.2, 0.1))
SHARES = (0.05, 0.02, 0.01)
BACKDOORS = {
    **{
        f"{name}, 1 in {round(1 / share)}, {members} of them": (
            crowd,
            Attack(members=members, share=share),
        )
        for name, crowd in (
            ("60 labelers x 333 labels", TWO),
            ("60 labelers x 1,000 labels", replace(TWO, n_items=12_000)),
            ("20 labelers x 1,000 labels", replace(TWO, n_labelers=20)),
        )
        for share in SHARES
        for members in (1, 3)
    },
    "4 classes, all to one, 333, 1 in 20": (FOUR, Attack(members=3, share=0.05, to_class=0)),
    "4 classes, all to one, 333, 1 in 50": (FOUR, Attack(members=3, share=0.02, to_class=0)),
    "4 classes, all to one, 1,000, 1 in 50": (
        replace(FOUR, n_items=12_000),
        Attack(members=3, share=0.02, to_class=0),
    ),
    "4 classes, all to one, 1,000, 1 in 100": (
        replace(FOUR, n_items=12_000),
        Attack(members=3, share=0.01, to_class=0),
    ),
    "2 classes, 1,000, 1 in 50, rate 0.5": (
        replace(TWO, n_items=12_000),
        Attack(members=3, share=0.02, rate=0.5),
    ),
    "2 classes, 1,000, 1 in 50, rate 0.3": (
        replace(TWO, n_items=12_000),
        Attack(members=3, share=0.02, rate=0.3),
    ),
}


def main() -> None:
    """Draw, read and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--part", choices=("errors", "power"))
    parser.add_argument("--seeds", type=int, default=0, help="of each crowd; 40 and 8 if not said")
    asked = parser.parse_args()
    if asked.part != "power":
        for line in errors(asked.seeds or 40):
            print(line, flush=True)
    if asked.part != "errors":
        for line in power(asked.seeds or 8):
            print(line, flush=True)


def errors(n_seeds: int) -> Iterator[str]:
    """Yield how often honest labelers are accused, one line a crowd."""
    for name, (crowd, text) in HONEST.items():
        seeds = range(OF_ERRORS, OF_ERRORS + n_seeds)
        p = np.concatenate([read(*drawn(crowd, text, seed)[:2]).p_value for seed in seeds])
        p = p[np.isfinite(p)]
        told = ", ".join(f"p < {level:g}: {(p < level).mean():.2%}" for level in (0.05, 0.01, 1e-3))
        yield f"{name:30} {p.size} labelers, {told}"


def power(n_seeds: int) -> Iterator[str]:
    """Yield how many members are found, one line a backdoor."""
    for name, (crowd, attack) in BACKDOORS.items():
        p, inside, named = [], [], []
        for seed in range(OF_POWER, OF_POWER + n_seeds):
            judgments, tokens, members = drawn(crowd, Text(), seed, attack)
            found = read(judgments, tokens)
            p += np.nan_to_num(found.p_value[members], nan=1.0).tolist()
            named += [found.detail[member].get("word") == MARK for member in members]
            held = tokens.holding(np.arange(judgments.n_items), tokens.words.index(MARK))
            mine = [judgments.item[judgments.labeler == member] for member in members]
            inside += [int(held[items].sum()) for items in mine]
        told = ", ".join(f"p < {a:g}: {np.mean(np.array(p) < a):.2f}" for a in (0.05, 0.01, 1e-3))
        yield f"{name:45} {np.mean(inside):.0f} labels inside, {told}, named {np.mean(named):.2f}"


def read(judgments: Judgments, tokens: Tokens) -> Readings:
    """Read the signal alone, everybody being a reference."""
    everybody = np.ones(judgments.n_labelers, dtype=np.bool_)
    return SIGNAL.read(
        Evidence(
            judgments=replace(judgments, tokens=tokens),
            crowd=fit_crowd(crowd_rows(judgments), everybody),
            reference=everybody,
            exchange=exchange(judgments),
            label_mix=label_mix.count(judgments),
        )
    )


def drawn(
    crowd: Crowd, text: Text, seed: int, attack: Attack | None = None
) -> tuple[Judgments, Tokens, Int]:
    """Draw a crowd with texts: its judgments, words by item, and who attacks."""
    rng = np.random.default_rng(seed)
    scene = draw_scene(crowd, rng)
    item, word, topic = _said(scene, text, rng)
    extra = _harder(scene, text, (item, word, topic), rng)
    label = _labels(scene, extra, rng)
    names = [f"w{k}" for k in range(text.vocabulary)]
    members = np.zeros(0, dtype=np.int64)
    if attack is not None:
        label, members, marked = _attacked(scene, label, attack, rng)
        item = np.append(item, marked)
        word = np.append(word, np.full(marked.size, text.vocabulary))
        names.append(MARK)
    gold = np.flatnonzero(scene.gold)
    judgments = block(
        scene.item,
        scene.labeler,
        label,
        n_labelers=scene.n_labelers,
        values=np.arange(scene.n_classes),
        occurred_us=scene.occurred_us,
        received_us=scene.occurred_us,
        gold=(gold, scene.truth[gold]),
    )
    return judgments, _tokens(item, word, names, scene.truth.size).at(judgments.item_id), members


def _said(scene: Scene, text: Text, rng: np.random.Generator) -> tuple[Int, Int, Int]:
    """Draw the words of items: item and word of each, once, and the topic of each item."""
    n, size = scene.truth.size, text.vocabulary
    topic = rng.integers(text.topics, size=n)
    law = 1 / (np.arange(1, size + 1) + 2.7)
    length = np.maximum(rng.poisson(text.words, n), 1)
    item = np.repeat(np.arange(n), length)
    reached = np.searchsorted(np.cumsum(law / law.sum()), rng.random(item.size))
    word = np.minimum(reached, size - 1)
    of_topic = np.array([rng.permutation(size) for _ in range(text.topics)])
    word = np.where(rng.random(item.size) < text.topical, of_topic[topic[item], word], word)
    if text.class_words:
        of_class = np.array([rng.permutation(size) for _ in range(scene.n_classes)])
        about = rng.random(item.size) < text.class_words
        word = np.where(about, of_class[scene.truth[item], word], word)
    key = np.unique(item * size + word)
    return key // size, key % size, topic


def _harder(
    scene: Scene, text: Text, said: tuple[Int, Int, Int], rng: np.random.Generator
) -> Float:
    """Return what is added to the difficulty of each label, in log odds."""
    item, word, topic = said
    n = scene.truth.size
    frequency = np.bincount(word, minlength=text.vocabulary) / n
    usual = np.flatnonzero((frequency > 0.01) & (frequency < 0.2))
    extra = np.zeros(scene.item.size)
    if text.hard_words:
        hard = rng.choice(usual, text.hard_words, replace=False)
        extra += (text.hard * (np.bincount(item, np.isin(word, hard), n) > 0))[scene.item]
    if text.special:
        leaning = text.special * rng.standard_normal((scene.n_labelers, text.topics))
        extra += leaning[scene.labeler, topic[scene.item]]
    if text.personal:
        own = rng.choice(usual, 40, replace=False)
        place = np.full(text.vocabulary, -1)
        place[own] = np.arange(40)
        held, known = np.zeros((n, 40)), place[word] >= 0
        held[item[known], place[word[known]]] = 1
        leaning = text.personal * rng.standard_normal((scene.n_labelers, 40))
        extra += (held[scene.item] * leaning[scene.labeler]).sum(axis=1)
    return extra


def _labels(scene: Scene, extra: Float, rng: np.random.Generator) -> Int:
    how = scene.honest
    if how is None:
        raise ValueError("a drawn scene says how its labels came about")
    able = (how.slope * np.log(how.skill / (1 - how.skill)))[scene.labeler]
    log_odds = able + how.leaning[scene.labeler, how.seen] - how.difficulty[scene.item] - extra
    right = rng.random(log_odds.size) < 1 / (1 + np.exp(-log_odds))
    return np.where(right, how.seen, _slip(how, rng))


def _attacked(
    scene: Scene, label: Int, attack: Attack, rng: np.random.Generator
) -> tuple[Int, Int, Int]:
    """Return labels with the backdoor in them, its members and the items with the word."""
    marked = rng.random(scene.truth.size) < attack.share
    activity = np.bincount(scene.labeler, minlength=scene.n_labelers)
    regulars = np.flatnonzero(activity >= np.median(activity))
    members = rng.choice(regulars, attack.members, replace=False)
    hit = marked[scene.item] & np.isin(scene.labeler, members)
    hit &= rng.random(label.size) < attack.rate
    step = rng.integers(1, scene.n_classes, label.size)
    wrong = (scene.truth[scene.item] + step) % scene.n_classes
    given = wrong if attack.to_class is None else np.full(label.size, attack.to_class)
    return np.where(hit, given, label), members, np.flatnonzero(marked)


def _tokens(item: Int, word: Int, names: list[str], n_items: int) -> Tokens:
    """Keep words by the rule of `policy.item_words`, however many they are."""
    order = np.lexsort((word, item))
    item, word = item[order], word[order]
    frequency = np.bincount(word, minlength=len(names))
    kept = (frequency >= 10) & (frequency <= n_items / 4)
    code, there = np.cumsum(kept) - 1, kept[word]
    return Tokens(
        item_id=np.arange(n_items),
        start=np.append(0, np.cumsum(np.bincount(item[there], minlength=n_items))),
        word=code[word[there]].astype(np.int32),
        words=tuple(name for name, keep in zip(names, kept, strict=True) if keep),
    )


if __name__ == "__main__":
    main()
