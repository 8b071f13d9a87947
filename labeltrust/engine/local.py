"""Count in this process: split by item, count every part, add up."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq

from labeltrust.counts import Counter, Counts, Judgments, select_items
from labeltrust.counts._split import parted
from labeltrust.counts._tally import with_tally
from labeltrust.engine._parts import READ, Space, added_by_group, block_of, count_part, total_of
from labeltrust.engine.adding import added_in_groups


def count(
    judgments: Judgments,
    counters: Mapping[str, Counter[Counts]],
    *,
    partitions: int = 1,
    threads: int = 1,
) -> dict[str, Counts]:
    """Return the counts of every counter over a block.

    Args:
        judgments: The whole block.
        counters: Counters by name, as `discover` finds them.
        partitions: Parts of whole items to count one after another; more parts need less memory.
        threads: Parts counted at the same time; numpy lets threads run together, and the sums are
            the same bits.

    >>> from labeltrust import counts
    >>> from labeltrust.counts import block
    >>> from labeltrust.discovery import discover
    >>> b = block([1, 1, 2], [0, 1, 0], [0, 0, 1], n_labelers=2, values=[0, 1])
    >>> found = count(b, discover(counts, "COUNTER", Counter), partitions=2)
    >>> found["majority"].items
    2
    """
    judgments = replace(judgments, tokens=None)  # no counter reads words
    items = parted(judgments.item_id, partitions)

    def count_items(number: int) -> dict[str, Counts]:
        part = judgments if partitions <= 1 else select_items(judgments, items[number])
        part = with_tally(part)
        return {name: counter.count(part) for name, counter in counters.items()}

    if threads > 1:
        with ThreadPoolExecutor(max_workers=threads) as pool:
            return _added(pool.map(count_items, range(len(items))))
    return _added(map(count_items, range(len(items))))


def count_files(
    files: Sequence[Path], space: Space, counters: Mapping[str, Counter[Counts]], rows: int
) -> dict[str, Counts]:
    """Return the counts of every counter over files of parts, in the memory of one part.

    Args:
        files: Parquet with the columns of `_parts.READ`, the items of one bucket each.
        space: What their codes mean.
        counters: Counters by name.
        rows: Judgments in all files.

    Raises:
        InvalidInput: Other than so many judgments are in them.
    """
    if not rows:
        return count(block_of(READ.empty_table(), space), counters)
    counted = (
        row
        for path in files
        for row in count_part(pq.read_table(path, columns=READ.names).to_batches(), space, counters)
    )
    return total_of(added_by_group(counted, counters), counters, rows)


def _added(parts: Iterable[dict[str, Counts]]) -> dict[str, Counts]:
    return dict(added_in_groups(_Named(part) for part in parts))


class _Named(dict[str, Counts]):
    """Counts of one part by counter; two of them add up counter by counter."""

    def __add__(self, other: "_Named") -> "_Named":
        """Add the counts of another part."""
        return _Named({name: counts + other[name] for name, counts in self.items()})
