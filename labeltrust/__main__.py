"""`python -m labeltrust` and the command `labeltrust`."""

import gc
import sys

# A library of ours compiles a grammar of IRIs for half a second where it finds this package, which
# notebooks bring along and no command needs. Stands here for the processes that we start, too.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None: not to be found

# Half a million objects come with the imports and stay: looking through them for garbage again and
# again is a tenth of the time of a start. Holds for the processes that we start, too.
gc.set_threshold(20_000, 20, 50)


def main() -> None:
    """Run the command line and end with its exit code."""
    from labeltrust.cli import run  # noqa: PLC0415 - importing the package must do nothing

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
