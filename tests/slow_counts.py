"""Every count once more, slowly: plain loops over items, labelers and labels."""

from collections import Counter, defaultdict
from fractions import Fraction
from itertools import product

from labeltrust.counts import Judgments


def by_item(block: Judgments) -> dict[int, list[tuple[int, int]]]:
    """Return (labeler, label) of every item."""
    items = defaultdict(list)
    for item, labeler, label in zip(block.item, block.labeler, block.label, strict=True):
        items[int(item)].append((int(labeler), int(label)))
    return items


def voters(rows: list[tuple[int, int]]) -> dict[int, list[int]]:
    """Return the labels of every labeler of an item."""
    found = defaultdict(list)
    for labeler, label in rows:
        found[labeler].append(label)
    return found


def similarity(kind: str, x: int, y: int, values) -> float:
    span = max(values) - min(values)
    if kind == "equal":
        return float(x == y)
    apart = abs(values[x] - values[y]) / span if span else 0.0
    return 1 - (apart if kind == "linear" else apart**2)


def alike(kind: str, one: list[int], two: list[int], values) -> float:
    """Return the mean similarity of two labelers' answers."""
    pairs = [similarity(kind, x, y, values) for x, y in product(one, two)]
    return sum(pairs) / len(pairs)


def exchange(block: Judgments, kind: str) -> dict[int, list[tuple[float, float, float]]]:
    """Return (f, E, V) of every labeler, one per shared item."""
    terms = defaultdict(list)
    for rows in by_item(block).values():
        who = voters(rows)
        if len(who) < 2:
            continue
        f = {
            a: sum(alike(kind, who[a], who[b], block.values) for b in who if b != a)
            / (len(who) - 1)
            for a in who
        }
        mean = sum(f.values()) / len(f)
        variance = sum((v - mean) ** 2 for v in f.values()) / len(f)
        for a, value in f.items():
            terms[a].append((value, mean, variance))
    return terms


def plurality(labels: list[int]) -> int | None:
    """Return the one most frequent label, None if there is none."""
    votes = Counter(labels).most_common()
    if not votes or (len(votes) > 1 and votes[0][1] == votes[1][1]):
        return None
    return votes[0][0]


def flips(block: Judgments) -> tuple[Counter, dict[tuple[int, int, int], list[Fraction]]]:
    """Return counts by (labeler, plurality of the others, own label), and their chances by item."""
    observed, chances = Counter(), defaultdict(list)
    for rows in by_item(block).values():
        labels = [label for _, label in rows]
        for place, (labeler, label) in enumerate(rows):
            others = plurality(labels[:place] + labels[place + 1 :])
            if others is not None:
                observed[labeler, others, label] += 1
        for labeler, _ in rows:
            drawn = Counter()
            for place, label in enumerate(labels):
                others = plurality(labels[:place] + labels[place + 1 :])
                if others is not None:
                    drawn[others, label] += Fraction(1, len(labels))
            for cell, p in drawn.items():
                chances[(labeler, *cell)].append(p)
    return observed, chances


def pairs(block: Judgments) -> Counter:
    """Return shared items by (labeler a < b, label of a, label of b); repeats share one vote."""
    found = Counter()
    for rows in by_item(block).values():
        who = voters(rows)
        for a, b in product(sorted(who), repeat=2):
            if a < b:
                for x, y in product(who[a], who[b]):
                    found[a, b, x, y] += 1 / (len(who[a]) * len(who[b]))
    return found


def peers(block: Judgments) -> Counter:
    """Return weight 1 an item by (labeler, own label, label of a random peer)."""
    found = Counter()
    for rows in by_item(block).values():
        who = voters(rows)
        for a, b in product(who, repeat=2):
            if a != b:
                for x, y in product(who[a], who[b]):
                    share = len(who[a]) * len(who[b]) * (len(who) - 1)
                    found[a, x, y] += 1 / share
    return found


def label_shares(rows: list[tuple[int, int]]) -> Counter:
    """Return the share of each label among the labelers of an item."""
    who = voters(rows)
    found = Counter()
    for answers in who.values():
        for x in answers:
            found[x] += 1 / (len(answers) * len(who))
    return found
