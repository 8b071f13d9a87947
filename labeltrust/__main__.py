"""`python -m labeltrust` and the command `labeltrust`."""

import gc
import os
import sys

# A library of ours compiles a grammar of IRIs for half a second where it finds this package, which
# notebooks bring along and no command needs. Stands here for the processes that we start, too.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None: not to be found

# Half a million objects come with the imports and stay: looking through them for garbage again and
# again is a tenth of the time of a start. Holds for the processes that we start, too.
gc.set_threshold(20_000, 20, 50)

# Products here are of small matrices: more threads of BLAS wait for each other, a third more
# processor time and no second less, and their number would show in the last digits of a document.
# Threads of our own work on parts instead. Holds for the processes that we start, too.
for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")


def main() -> None:
    """Run the command line and end with its exit code."""
    from labeltrust.cli import run  # noqa: PLC0415 - importing the package must do nothing

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
