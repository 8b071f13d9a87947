"""Write docs/deploy/observability: rules, their tests, dashboards; the same bytes every time."""

import argparse
import json
import re
from pathlib import Path

import yaml
from boards import boards
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from prometheus_rules import groups
from rule_tests import tests

FOLDER = Path(__file__).parents[1] / "deploy" / "observability"
MADE = "# Made by `make docs`; change docs/_build instead.\n"


def main() -> None:
    """Write the files, or into another folder, which is how a test compares them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=FOLDER)
    folder = parser.parse_args().to
    rules = {"groups": [group.plain() for group in groups()]}
    _write(folder / "rules.yml", MADE + _yaml(rules))
    tested = {"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": tests()}
    _write(folder / "rules_test.yml", MADE + _yaml(tested))
    queries = []
    for name, board in boards().items():
        plain = json.loads(json.dumps(board.build(), cls=JSONEncoder))
        _write(folder / f"{name}.json", json.dumps(plain, indent=1, sort_keys=True) + "\n")
        queries += [
            {"record": _name(name, panel["title"], k), "expr": _whole(target["expr"])}
            for panel in plain["panels"]
            for k, target in enumerate(panel.get("targets", ()))
        ]
    group = {"name": "panels", "rules": queries}
    _write(folder / "panels.yml", MADE + _yaml({"groups": [group]}))


def _whole(expr: str) -> str:
    """Return a panel's query as Prometheus is asked it: with values for its variables."""
    return expr.replace("$project", ".+").replace("$measure", ".+")


def _name(board: str, title: str, k: int) -> str:
    word = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
    return f"panel:{board.replace('-', '_')}:{word}_{k}"


def _yaml(plain: object) -> str:
    return yaml.safe_dump(plain, sort_keys=False, width=10_000, allow_unicode=True)


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


main()
