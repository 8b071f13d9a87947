"""How often a page asks the database."""

import httpx
from sqlalchemy import event


async def queries(deployment, browser: httpx.AsyncClient, path: str) -> int:
    """Return how many statements one look at a page takes, its session included."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith(("PRAGMA", "BEGIN")):
            asked.append(statement)

    event.listen(deployment.engine, "before_cursor_execute", note)
    try:
        answer = await browser.get(path)
    finally:
        event.remove(deployment.engine, "before_cursor_execute", note)
    assert answer.status_code == 200, answer.text
    return len(asked)
