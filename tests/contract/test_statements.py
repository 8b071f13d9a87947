"""No statement is put together from what somebody sent: every one that is built was reviewed."""

import ast
import re
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "labeltrust"
STATEMENT = re.compile(
    r"\s*(SELECT\s|INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|GRANT\s|REVOKE\s|DROP\s|ALTER\s"
    r"|TRUNCATE\s|CREATE\s+(TABLE|INDEX|ROLE|TRIGGER)|VACUUM\s|SHOW\s|PRAGMA\s)"
)
# Where a statement holds something that is no constant, and what that is.
REVIEWED = {
    "services/_pulled_names.py:_found": "labeler or item",
    "services/check_health.py:_durability": "names of settings, constants",
    "services/check_installation.py:_database": "names of settings, constants",
    "store/aliases.py:_read": "labeler or item",
    "store/annotated.py:_erased": "labeler or item",
    "store/assessed.py:_forget": "names of two tables, constants",
    "store/assessed.py:_upsert": "names of tables and columns, constants",
    "store/chaining.py:__init__": "FOR UPDATE or nothing",
    "store/erasure.py:deliveries_about": "whole numbers of rows",
    "store/evidence.py:items_touched": "question marks",
    "store/evidence.py:known_names": "names of two tables",
    "store/grants.py:_statements": "names of the schema; the role quoted by the driver's rules",
    "store/known_events.py:is_erased": "labeler or item",
    "store/names.py:_merged": "labeler or item",
    "store/session.py:_refuse_forgetful": "names of settings, constants",
    "store/session.py:prepare": "pragmas, constants",
    "store/slices.py:module": "names of columns and types, constants",
    "store/sent_slots.py:module": "names of columns, constants",
    "store/statements.py:insert": "names of a table and columns, constants",
    "store/statements.py:next_ids": "the name of a table, a constant",
    "store/tallies.py:_adding": "names of tables and columns, constants",
}


def built(tree):
    """Strings that begin like a statement and have something put into them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            head = "".join(p.value if isinstance(p, ast.Constant) else "?" for p in node.values)
            filled = any(isinstance(p, ast.FormattedValue) for p in node.values)
            if filled and STATEMENT.match(head):
                yield node, head
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
            left = node.left
            if isinstance(left, ast.Constant) and isinstance(left.value, str):
                constant = isinstance(node.right, ast.Constant)
                if STATEMENT.match(left.value) and not constant:
                    yield node, left.value
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "format"
            and isinstance(node.func.value, ast.Constant)
            and isinstance(node.func.value.value, str)
            and STATEMENT.match(node.func.value.value)
        ):
            yield node, node.func.value.value


def places():
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
        for node, text in built(tree):
            within = [f for f in functions if f.lineno <= node.lineno <= (f.end_lineno or 0)]
            name = max(within, key=lambda f: f.lineno).name if within else "module"
            found[f"{path.relative_to(PACKAGE)}:{name}"] = text
    return found


def test_every_statement_that_is_put_together_was_reviewed():
    assert set(places()) == set(REVIEWED)


def test_the_rule_sees_what_it_is_for():
    bad = [
        "text(f\"SELECT * FROM event WHERE label = '{label}'\")",
        '"DELETE FROM event WHERE id = %s" % number',
        '"SELECT 1 FROM " + table',
        '"UPDATE event SET label = {}".format(label)',
    ]

    assert all(list(built(ast.parse(code))) for code in bad)
    assert not list(built(ast.parse('text("SELECT 1 WHERE a = :a")')))
