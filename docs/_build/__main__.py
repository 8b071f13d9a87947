"""Draw the charts of docs/signals and fill in what is generated in its pages: `make docs`."""

import argparse
from pathlib import Path

import vl_convert
from crowds import Example, shown, signals
from examples import EXAMPLES, USUAL
from writing import example_block, facts_block, filled, index_page

from labeltrust.charts import Seen, drawn
from labeltrust.simulate import Planted

FOLDER = Path(__file__).parents[1] / "signals"


def main() -> None:
    """Write one chart and one page a signal, and the index."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("signal", nargs="*", help="signals to build; all where none is named")
    wanted = parser.parse_args().signal
    found = signals()
    for name, signal in found.items():
        if not wanted or name in wanted:
            example = EXAMPLES.get(name, USUAL)
            write(name, example, *shown(example, signal))
    (FOLDER / "README.md").write_text(index_page(found), encoding="utf-8")


def write(name: str, example: Example, seen: Seen, planted: Planted) -> None:
    """Write the chart of a signal, and the generated parts of its page."""
    svg = vl_convert.vegalite_to_svg(drawn(name, seen).to_json())
    (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")
    page = FOLDER / f"{name}.md"
    text = page.read_text(encoding="utf-8")
    blocks = {"example": example_block(name, example, seen, planted), "facts": facts_block(seen)}
    page.write_text(filled(text, blocks), encoding="utf-8")


main()
