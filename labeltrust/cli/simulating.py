"""`labeltrust simulate`: a synthetic crowd with stated attacks, as files that `import` reads."""

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli._crowd_files import written_in
from labeltrust.cli._crowd_options import (
    complete_attack,
    complete_circumstance,
    crowd_of,
    crowd_settings,
    planting_from,
    planting_of,
    shown_default,
)
from labeltrust.cli._options import AsJson, example
from labeltrust.cli._output import out, print_json, print_table
from labeltrust.domain.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    import pandas as pd

    from labeltrust.simulate import Crowd, Planting, Simulated


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(
        epilog=example(
            "simulate crowd/ --attack targeted_flip --members 4 --rate 0.9 --since-day 12",
            "simulate crowd/ --plant copy_ring:members=6:rate=0.3 --plant sleeper:since_day=14",
            "simulate honest/ --seed 7 --set overlap=1,6 --set rhythm.season=0.4",
            "simulate attacked/ --into labels.csv --into-gold gold.csv --plant uniform_flip",
            "simulate --list",
        )
    )(simulate)


def simulate(  # noqa: PLR0913 - one parameter an option
    folder: Annotated[
        Path | None, typer.Argument(help="Where labels, gold and truth are written.")
    ] = None,
    *,
    plant: Annotated[
        list[str] | None,
        typer.Option(
            help="NAME:members=4:rate=0.3:since_day=12, also since_share, from_class, to_class; "
            "may be repeated.",
            autocompletion=complete_attack,
        ),
    ] = None,
    attack: Annotated[
        str | None,
        typer.Option(
            help="Name of one attack; without it and --plant, all are honest.",
            autocompletion=complete_attack,
        ),
    ] = None,
    members: Annotated[int, typer.Option(help="Labelers who carry it out.")] = 4,
    rate: Annotated[float, typer.Option(help="Share of eligible labels poisoned.")] = 0.9,
    since_day: Annotated[
        float | None, typer.Option(help="Day of the onset; without it, from the start.")
    ] = None,
    from_class: Annotated[str | None, typer.Option(help="True class that is attacked.")] = None,
    to_class: Annotated[str | None, typer.Option(help="Label that is given instead.")] = None,
    classes: Annotated[str, typer.Option(help="Class names, by commas.")] = "benign,fraud",
    shares: Annotated[
        str | None,
        typer.Option(help="Share of each class, by commas; without it, two are 0.7,0.3."),
    ] = None,
    labelers: Annotated[int, typer.Option(help="Labelers.")] = 40,
    items: Annotated[int, typer.Option(help="Items.")] = 3000,
    labels_per_item: Annotated[int, typer.Option(help="Labels of each item.")] = 6,
    gold_share: Annotated[float, typer.Option(help="Share of items with gold.")] = 0.1,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Anything else of the crowd, as NAME=VALUE; --list shows all. May be repeated.",
            autocompletion=complete_circumstance,
        ),
    ] = None,
    into: Annotated[
        Path | None, typer.Option(help="CSV of real labels to plant the attacks into.")
    ] = None,
    into_gold: Annotated[Path | None, typer.Option(help="CSV of gold labels for --into.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed writes the same bytes.")] = 1,
    list_: Annotated[bool, typer.Option("--list", help="Show attacks and settings.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a crowd with stated attacks: labels.csv, gold.csv, truth.csv."""
    if list_:
        _show(as_json=as_json)
        return
    if folder is None:
        raise InvalidInput("say where to write", place="FOLDER", code="usage")
    single = {
        "members": members,
        "rate": rate,
        "since_day": since_day,
        "from_class": from_class,
        "to_class": to_class,
    }
    wished = _Wished(attack, single, tuple(plant or ()), seed)
    with _working():
        if into is None:
            words = tuple(classes.split(","))
            base = {
                "n_labelers": labelers,
                "n_items": items,
                "labels_per_item": labels_per_item,
                "gold_share": gold_share,
            }
            crowd = _crowd(base, shares, len(words), settings or [])
            made = _drawn(crowd, words, wished)
        else:
            made = _injected(_Real(into, into_gold, tuple(settings or [])), wished)
        written = written_in(folder, made)
    if as_json:
        print_json({"folder": str(folder), "seed": seed, "rows": written})
        return
    for name, rows in written.items():
        out(f"{folder / name}: {rows} rows")


@contextlib.contextmanager
def _working() -> Iterator[None]:
    """Show on a terminal that the drawing goes on; say nothing elsewhere."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console  # noqa: PLC0415 - slow imports

    with Console(stderr=True).status("drawing"):
        yield


def _show(*, as_json: bool) -> None:
    from labeltrust.simulate import attacks  # noqa: PLC0415 - slow imports

    known = attacks()
    settings = [(name, shown_default(field)) for name, field in crowd_settings()]
    if as_json:
        told = {
            name: {"title": attack.title, "needs": sorted(attack.needs), "honest": attack.is_honest}
            for name, attack in known.items()
        }
        print_json({"attacks": told, "settings": dict(settings)})
        return
    rows = [(name, attack.title, ", ".join(sorted(attack.needs))) for name, attack in known.items()]
    print_table(("attack", "a member", "needs"), rows, "There is no attack.")
    print_table(("setting", "default"), settings, "There is no setting.")


def _crowd(base: dict[str, float], shares: str | None, n: int, settings: list[str]) -> "Crowd":
    from labeltrust.simulate import Crowd  # noqa: PLC0415 - slow imports

    if shares is None:
        mix = (0.7, 0.3) if n == len("ab") else (1 / n,) * n
    else:
        mix = parsed_shares(shares, n)
    return crowd_of(Crowd(**base, class_shares=mix), settings)  # type: ignore[arg-type] # counts are whole


@dataclass(frozen=True, slots=True)
class _Wished:
    """What to plant: one attack by options of its own, and any number as text."""

    attack: str | None
    options: dict[str, float | str | None]
    plant: tuple[str, ...]
    seed: int

    def plantings(self, words: tuple[str, ...]) -> "list[Planting]":
        """Return the plantings; classes are named by their words."""
        told = [planting_of(text, words) for text in self.plant]
        if self.attack is None:
            return told
        given = {key: str(value) for key, value in self.options.items() if value is not None}
        return [planting_from(self.attack, given, words), *told]


def _drawn(crowd: "Crowd", words: tuple[str, ...], wished: _Wished) -> "Simulated":
    import numpy as np  # noqa: PLC0415 - slow imports

    from labeltrust.simulate import Words, draw_planted, to_frames  # noqa: PLC0415

    if len(crowd.class_shares) != len(words):
        detail = f"{len(crowd.class_shares)} shares for {len(words)} classes"
        raise InvalidInput(detail, place="--shares", code="usage")
    rng = np.random.default_rng(wished.seed)
    planted = draw_planted(crowd, wished.plantings(words), rng)
    return to_frames(planted, Words(classes=words))


@dataclass(frozen=True, slots=True)
class _Real:
    """Files of real labels, and the settings that may be given to them."""

    labels: Path
    gold: Path | None
    settings: tuple[str, ...]


def _injected(real: _Real, wished: _Wished) -> "Simulated":
    import numpy as np  # noqa: PLC0415 - slow imports

    from labeltrust.simulate import (  # noqa: PLC0415 - slow imports
        plant,
        scene_of,
        to_frames,
        with_suggestions,
        with_texts,
        with_traits,
        words_of,
    )

    labels = _table(real.labels)
    gold = None if real.gold is None else _table(real.gold)
    given = crowd_of(_crowd({}, None, len("ab"), []), _for_real(real.settings))
    words, rng = words_of(labels, gold), np.random.default_rng(wished.seed)
    scene = scene_of(labels, gold, level=given.level)
    if given.traits is not None:
        scene = with_traits(scene, given.traits, rng)
    if given.prose is not None:
        scene = with_texts(scene, given.prose, rng)
    if given.assistant is not None:
        scene = with_suggestions(scene, given.assistant, rng)
    return to_frames(plant(scene, wished.plantings(words.classes), rng), words)


def _for_real(settings: tuple[str, ...]) -> list[str]:
    """Return the settings; real labels can be given a level, traits, texts and a model, no more."""
    for setting in settings:
        if not setting.startswith(("level=", "traits.", "prose.", "assistant.")):
            kinds = "level, traits, prose and assistant"
            detail = f"{setting!r} cannot be set of real labels, only {kinds}"
            raise InvalidInput(detail, place="--set", code="usage")
    return list(settings)


def _table(path: Path) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415 - slow imports

    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    except FileNotFoundError:
        raise NotFound(f"no file {path}") from None
    except (ValueError, OSError) as error:
        detail = f"cannot be read as a CSV table: {error}"
        raise InvalidInput(detail, place=str(path)) from error


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
