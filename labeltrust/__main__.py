"""`python -m labeltrust` and the command `labeltrust`."""

import sys


def main() -> None:
    """Run the command line and end with its exit code."""
    from labeltrust.cli import run  # noqa: PLC0415 - importing the package must do nothing

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
