"""`labeltrust simulate`: a synthetic crowd with a stated attack, as files that `import` reads."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli._options import AsJson, example
from labeltrust.cli._output import out, print_json
from labeltrust.domain.errors import InvalidInput

if TYPE_CHECKING:
    from labeltrust.simulate import Planting, Simulated


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(
        epilog=example(
            "simulate crowd/ --attack targeted_flip --members 4 --rate 0.9 --since-day 12",
            "simulate honest/ --seed 7",
        )
    )(simulate)


def simulate(  # noqa: PLR0913 - one parameter an option
    folder: Annotated[Path, typer.Argument(help="Where labels, gold and truth are written.")],
    *,
    attack: Annotated[
        str | None, typer.Option(help="Name of an attack; without it, all are honest.")
    ] = None,
    members: Annotated[int, typer.Option(help="Labelers who carry it out.")] = 4,
    rate: Annotated[float, typer.Option(help="Share of eligible labels poisoned.")] = 0.9,
    since_day: Annotated[
        float | None, typer.Option(help="Day of the onset; without it, from the start.")
    ] = None,
    from_class: Annotated[str | None, typer.Option(help="True class that is attacked.")] = None,
    to_class: Annotated[str | None, typer.Option(help="Label that is given instead.")] = None,
    classes: Annotated[str, typer.Option(help="Class names, by commas.")] = "benign,fraud",
    shares: Annotated[str, typer.Option(help="Share of each class, by commas.")] = "0.7,0.3",
    labelers: Annotated[int, typer.Option(help="Labelers.")] = 40,
    items: Annotated[int, typer.Option(help="Items.")] = 3000,
    labels_per_item: Annotated[int, typer.Option(help="Labels of each item.")] = 6,
    gold_share: Annotated[float, typer.Option(help="Share of items with gold.")] = 0.1,
    seed: Annotated[int, typer.Option(help="The same seed writes the same bytes.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Write a synthetic crowd with a stated attack: labels.csv, gold.csv, truth.csv."""
    import numpy as np  # noqa: PLC0415 - slow imports

    from labeltrust.simulate import Crowd, Words, draw_planted, to_frames  # noqa: PLC0415

    words = tuple(classes.split(","))
    crowd = Crowd(
        n_labelers=labelers,
        n_items=items,
        labels_per_item=labels_per_item,
        class_shares=parsed_shares(shares, len(words)),
        gold_share=gold_share,
    )
    orders = [] if attack is None else [_planting(attack, members, rate, since_day)]
    orders = [_aimed(order, words, from_class, to_class) for order in orders]
    planted = draw_planted(crowd, orders, np.random.default_rng(seed))
    written = _write(folder, to_frames(planted, Words(classes=words)))
    if as_json:
        print_json({"folder": str(folder), "seed": seed, "rows": written})
        return
    for name, rows in written.items():
        out(f"{folder / name}: {rows} rows")


def _planting(attack: str, members: int, rate: float, since_day: float | None) -> "Planting":
    from labeltrust.simulate import Planting  # noqa: PLC0415 - slow imports

    # A framing ring has a victim besides its members; the other attacks take no notice of one.
    has_victim = attack == "framing_ring"
    return Planting(
        attack=attack, n_members=members, rate=rate, since_day=since_day, has_victim=has_victim
    )


def _aimed(
    order: "Planting", words: tuple[str, ...], from_class: str | None, to_class: str | None
) -> "Planting":
    """Return an order with its classes; a targeted one calls the last class the first."""
    from dataclasses import replace  # noqa: PLC0415 - only here

    if order.attack == "targeted_flip":
        from_class, to_class = from_class or words[-1], to_class or words[0]
    true = _code(words, from_class, "--from-class")
    said = _code(words, to_class, "--to-class")
    return replace(order, from_class=true, to_class=said)


def _code(words: tuple[str, ...], name: str | None, option: str) -> int | None:
    if name is None:
        return None
    if name not in words:
        detail = f"{name!r} is not one of {', '.join(words)}"
        raise InvalidInput(detail, place=option, code="usage")
    return words.index(name)


def parsed_shares(text: str, n_classes: int) -> tuple[float, ...]:
    """Return one share a class.

    Raises:
        InvalidInput: A share is no number, or there is another number of them than of classes.

    >>> parsed_shares("0.7,0.3", 2)
    (0.7, 0.3)
    """
    try:
        shares = tuple(float(part) for part in text.split(","))
    except ValueError:
        shares = ()
    if len(shares) != n_classes:
        detail = f"{text!r} is not one number for each of {n_classes} classes"
        raise InvalidInput(detail, place="--shares", code="usage")
    return shares


def _write(folder: Path, simulated: "Simulated") -> dict[str, int]:
    folder.mkdir(parents=True, exist_ok=True)
    frames = {
        "labels.csv": simulated.labels,
        "gold.csv": simulated.gold,
        "truth.csv": simulated.truth,
    }
    for name, frame in frames.items():
        frame.to_csv(folder / name, index=False, lineterminator="\n")
    return {name: len(frame) for name, frame in frames.items()}
