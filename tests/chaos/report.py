"""Results as a table for people and as JSON for programs."""

from typing import Any

from chaos.plan import Done, Fault

Result = tuple[Fault, str, int, float, Done]


def said(result: Result) -> dict[str, Any]:
    """Return a result as plain JSON."""
    fault, database, seed, seconds, done = result
    return {
        "fault": fault.id,
        "title": fault.title,
        "database": database,
        "seed": seed,
        "seconds": round(seconds, 1),
        "good": done.is_good,
        "skipped": done.skipped,
        "findings": done.findings,
        "figures": done.figures,
        "sometimes": done.seen,
        "again": f'make chaos CHAOS_ARGS="--seed {seed} --faults {fault.id} --database {database}"',
    }


def line(result: Result) -> str:
    """Return one line about a result, and one for each finding."""
    fault, database, seed, seconds, done = result
    verdict = f"SKIPPED: {done.skipped}" if done.skipped else "ok" if done.is_good else "BROKEN"
    figures = ", ".join(f"{n} {name}" for name, n in done.figures.items())
    head = f"{fault.id:4} {database:10} seed {seed} {seconds:6.1f} s  {verdict}  {figures}"
    return "\n".join([head, *(f"       {finding}" for finding in done.findings)])


def table(results: list[Result]) -> str:
    """Return the whole table."""
    lines = [line(result) for result in results]
    counts = [f"       sometimes: {_counts(done)}" for *_, done in results]
    both = [text for pair in zip(lines, counts, strict=True) for text in pair]
    return "\n".join(["", *both, "", _verdict(results)])


def _counts(done: Done) -> str:
    return ", ".join(f"{name} {n}" for name, n in sorted(done.seen.items())) or "nothing"


def _verdict(results: list[Result]) -> str:
    broken = sum(not done.is_good for *_, done in results)
    skipped = sum(bool(done.skipped) for *_, done in results)
    more = f", {skipped} SKIPPED" if skipped else ""
    return f"{len(results) - skipped} runs, {broken} broken{more}"
