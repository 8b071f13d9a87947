"""Plain statements on the driver's own cursor, written once for both databases.

For the recorder and the long reads only, where a row costs microseconds; everything else speaks
through SQLModel. Statements mark their parameters with `?`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection

from labeltrust.store.passing import passing

Row = tuple[Any, ...]
# SQLite takes 32,766 parameters in a statement; fewer keep its parser and our memory small.
_MOST_PARAMETERS: Final = 8_000


class Statements:
    """The cursor of one transaction; gone with it."""

    def __init__(self, connection: Connection) -> None:
        """Open the driver's cursor of a transaction that is under way, or begin it."""
        self.is_postgres = connection.dialect.name == "postgresql"
        self._connection = connection
        self._errors: type[Exception] = connection.dialect.loaded_dbapi.Error
        self._cursor: Any = connection.connection.cursor()

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Run one statement."""
        self._run(self._cursor.execute, self._worded(sql), parameters)

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Return all rows of a query; for long ones ask in slices."""
        self._run(self._cursor.execute, self._worded(sql), parameters)
        found: list[Row] = self._run(self._cursor.fetchall)
        return found

    def rows_in(
        self, sql: str, values: Iterable[object], before: Sequence[object] = ()
    ) -> Iterator[Row]:
        """Yield the rows of a query whose last condition is a membership.

        Args:
            sql: Ends in `{in}` for the membership, such as `… WHERE source_id = ? AND id {in}`.
            values: Those looked for, of any number.
            before: Parameters in front of the membership.
        """
        rest = iter(values)
        while some := list(islice(rest, _MOST_PARAMETERS)):
            yield from self._some_in(sql, some, before)

    def _some_in(self, sql: str, some: list[object], before: Sequence[object]) -> list[Row]:
        if self.is_postgres:
            return self.rows(sql.replace("{in}", "= ANY(?)"), (*before, some))
        # A few statement texts serve all numbers, so that the driver's cache of them works.
        size = 1 << (len(some) - 1).bit_length()
        some = some + some[-1:] * (size - len(some))
        marks = ",".join("?" * size)
        return self.rows(sql.replace("{in}", f"IN ({marks})"), (*before, *some))

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Insert rows; a row that breaks a rule of the schema fails all.

        Table and columns are constants of the caller, never input.
        """
        if not rows:
            return
        names = ", ".join(columns)
        if self.is_postgres:
            self._run(self._copy, f"COPY {table} ({names}) FROM STDIN", rows)
            return
        marks = ",".join("?" * len(columns))
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - constants
        self._run(self._cursor.executemany, sql, rows)

    def _copy(self, sql: str, rows: Sequence[Row]) -> None:
        with self._cursor.copy(sql) as copy:
            for row in rows:
                copy.write_row(row)

    def executemany(self, sql: str, rows: Sequence[Row]) -> None:
        """Run one statement for each row of parameters."""
        if rows:
            self._run(self._cursor.executemany, self._worded(sql), rows)

    def _run(self, call: Callable[..., Any], *args: object) -> Any:  # noqa: ANN401 - the driver's
        """Call the driver as SQLAlchemy would: a lost connection leaves the pool, and says so."""
        try:
            return call(*args)
        except self._errors as error:
            driver = self._connection.connection.dbapi_connection
            lost = self._connection.dialect.is_disconnect(error, driver, self._cursor)  # type: ignore[arg-type] # a DBAPI of any kind
            busy = passing(error, lost=lost)
            if lost:
                self._connection.invalidate(error)
            if busy is None:
                raise
            raise busy from error

    def next_ids(self, table: str, n: int) -> Sequence[int]:
        """Return `n` new row ids of a table, ascending; the caller inserts them."""
        if n == 0:
            return ()
        if self.is_postgres:
            sql = "SELECT nextval(pg_get_serial_sequence(?, 'id')) FROM generate_series(1, ?)"
            return sorted(row[0] for row in self.rows(sql, (table, n)))
        # The transaction holds SQLite's one write lock: nobody else numbers rows meanwhile.
        (newest,) = self.rows(f"SELECT coalesce(max(id), 0) FROM {table}")[0]  # noqa: S608 - constant
        return range(newest + 1, newest + 1 + n)

    def time(self, moment: datetime) -> object:
        """Return a moment as the tables keep it."""
        if self.is_postgres:
            return moment
        plain = moment.astimezone(UTC).replace(tzinfo=None)
        return plain.isoformat(" ", "microseconds")

    def _worded(self, sql: str) -> str:
        return sql.replace("?", "%s") if self.is_postgres else sql
