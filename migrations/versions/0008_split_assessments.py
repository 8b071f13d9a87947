"""Keep assessments by labeler, and their main numbers over time; flags repeat what lists ask.

Revision: 0008
Follows: 0007
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
FLAG = sa.table(
    "flag", sa.column("id"), sa.column("evidence"), sa.column("question"), sa.column("clock"),
    sa.column("strong", sa.Boolean()),
)  # fmt: skip
ASSESSMENT = sa.table("assessment", sa.column("project_id"), sa.column("document"))
LABELER = sa.table(
    "assessment_labeler",
    *map(sa.column, (
        "project_id", "question", "labeler_id", "place", "name", "folded", "kind", "labels",
        "items", "trust", "gold_accuracy", "cohen_kappa", "label_shift",
    )),
)  # fmt: skip
PART = sa.table(
    "assessment_part",
    *map(sa.column, ("project_id", "question", "labeler_id", "part")),
    sa.column("portrait", sa.LargeBinary()),
)
MEASURED = ("trust", "gold_accuracy", "cohen_kappa", "label_shift")


def upgrade() -> None:
    _create_labelers()
    _create_history()
    # Added in place: SQLite would otherwise copy the table, and freezes point at its rows.
    op.add_column("flag", _must("question", sa.Text(), server_default=""))
    op.add_column("flag", _must("clock", sa.String(), server_default="received"))
    op.add_column("flag", _must("strong", sa.Boolean(), server_default=sa.false()))
    op.create_index(op.f("ix_flag_project_id_labeler_id"), "flag", ["project_id", "labeler_id"])
    _repeat_evidence()
    _split_documents()


def downgrade() -> None:
    _join_documents()
    op.drop_index(op.f("ix_flag_project_id_labeler_id"), "flag")
    for name in ("question", "clock", "strong"):
        op.drop_column("flag", name)
    op.drop_index(op.f("ix_assessment_history_project_id_as_of"), "assessment_history")
    for name in ("history", "figures", "part", "labeler"):
        op.drop_table(f"assessment_{name}")


def _must(name: str, kind: Any, *more: Any, **options: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=False, **options)


def _may(name: str, kind: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, nullable=True)


def _whose() -> list[Any]:
    return [
        _must("project_id", sa.Integer(), sa.ForeignKey("project.id")),
        _must("question", sa.Text()),
    ]


def _create_labelers() -> None:
    op.create_table(
        "assessment_labeler",
        *_whose(),
        _must("labeler_id", BIG),
        _must("place", sa.Integer()),
        _must("name", sa.Text()),
        _must("folded", sa.Text()),
        _must("kind", sa.String()),
        _must("labels", sa.Integer()),
        _must("items", sa.Integer()),
        *(_may(name, sa.Float()) for name in MEASURED),
        sa.PrimaryKeyConstraint("project_id", "question", "labeler_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "assessment_part",
        *_whose(),
        _must("labeler_id", BIG),
        _must("part", sa.Text()),
        _must("portrait", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("project_id", "question", "labeler_id"),
    )
    op.create_table(
        "assessment_figures",
        *_whose(),
        _must("figures", sa.Text()),
        sa.PrimaryKeyConstraint("project_id", "question"),
    )


def _create_history() -> None:
    numbers = ("alpha", "alpha_low", "alpha_high", "gold", "gold_low", "gold_high")
    op.create_table(
        "assessment_history",
        _must("id", BIG, primary_key=True),
        _must("project_id", sa.Integer(), sa.ForeignKey("project.id")),
        _must("as_of", TIME),
        _must("labels", sa.Integer()),
        _must("labelers", sa.Integer()),
        *(_may(name, sa.Float()) for name in numbers),
        _must("gold_n", sa.Integer()),
        _may("label_shift", sa.Float()),
        _may("provenance", sa.Float()),
        _must("open_flags", sa.Integer()),
        _must("frozen", sa.Integer()),
        _must("gate_open", sa.Boolean()),
    )
    name = op.f("ix_assessment_history_project_id_as_of")
    op.create_index(name, "assessment_history", ["project_id", "as_of"])


def _repeat_evidence() -> None:
    connection = op.get_bind()
    for number, text in connection.execute(sa.select(FLAG.c.id, FLAG.c.evidence)).fetchall():
        said = json.loads(text)
        values = {
            "question": str(said.get("question", "")),
            "clock": "occurred" if said.get("clock") == "occurred" else "received",
            "strong": said.get("strong") is True,
        }
        connection.execute(sa.update(FLAG).where(FLAG.c.id == number).values(**values))


def _split_documents() -> None:
    connection = op.get_bind()
    for project, text in connection.execute(sa.select(ASSESSMENT)).fetchall():
        document = json.loads(text)
        for question, part in _questions(document):
            _insert(connection, project, question, part["labelers"])
            part["labelers"] = []
        _store(connection, project, document)


def _insert(connection: Any, project: int, question: str, entries: list[dict[str, Any]]) -> None:  # noqa: ANN401
    lines, parts = [], []
    for place, entry in enumerate(entries):
        key = {"project_id": project, "question": question, "labeler_id": entry["id"]}
        name = entry.pop("labeler")
        numbers = {number: (entry.get(number) or {}).get("value") for number in MEASURED}
        counted = {k: entry[k] for k in ("kind", "labels", "items")}
        words = {"place": place, "name": name, "folded": name.casefold()}
        lines.append({**key, **words, **counted, **numbers})
        parts.append({**key, "part": _json(entry), "portrait": b""})
    if lines:
        connection.execute(sa.insert(LABELER), lines)
        connection.execute(sa.insert(PART), parts)


def _join_documents() -> None:
    connection = op.get_bind()
    for project, text in connection.execute(sa.select(ASSESSMENT)).fetchall():
        document = json.loads(text)
        for question, part in _questions(document):
            part["labelers"] = _entries(connection, project, question)
        _store(connection, project, document)


def _entries(connection: Any, project: int, question: str) -> list[dict[str, Any]]:  # noqa: ANN401
    wanted = (
        sa.select(LABELER.c.name, PART.c.part)
        .join(PART, sa.and_(*(LABELER.c[k] == PART.c[k] for k in ("project_id", "question",
                                                                   "labeler_id"))))
        .where(LABELER.c.project_id == project, LABELER.c.question == question)
        .order_by(LABELER.c.place)
    )  # fmt: skip
    found = connection.execute(wanted).fetchall()
    return [{"labeler": name, **json.loads(part)} for name, part in found]


def _questions(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(document["question"], document), *document["questions"].items()]


def _store(connection: Any, project: int, document: dict[str, Any]) -> None:  # noqa: ANN401
    changed = sa.update(ASSESSMENT).where(ASSESSMENT.c.project_id == project)
    connection.execute(changed.values(document=_json(document)))


def _json(value: object) -> str:
    return json.dumps(value, allow_nan=False, separators=(",", ":"))
