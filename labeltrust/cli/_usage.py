"""Run typer so that wrong usage ends like every other unreadable input: one line, exit code 2."""

from collections.abc import Sequence

import typer

from labeltrust.domain.errors import InvalidInput, LabeltrustError

# typer keeps its copy of click to itself; the class that all wrong usage shares is found here.
_WRONG_USAGE: type[Exception] = next(
    kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "UsageError"
)


class NothingAsked(LabeltrustError):
    """A group without a command: its help page is the answer."""


def invoke(app: typer.Typer, arguments: Sequence[str]) -> None:
    """Run a command line.

    Raises:
        NothingAsked: No command was given; the help page is shown.
        InvalidInput: Wrong usage: an unknown command or option, a missing or unreadable value.
        KeyboardInterrupt: The person gave up.
    """
    command = typer.main.get_command(app)
    try:
        command.main(args=list(arguments), prog_name="labeltrust", standalone_mode=False)
    except _WRONG_USAGE as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(str(error))
            raise NothingAsked from None
        raise _readable(error) from None
    except typer.Abort:
        raise KeyboardInterrupt from None


def _readable(error: Exception) -> InvalidInput:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "labeltrust"
    message = " ".join(str(getattr(error, "format_message", error.__str__)()).split())
    detail = f"{message.rstrip('.') or 'wrong usage'} (see `{path} --help`)"
    return InvalidInput(detail[:1].lower() + detail[1:], code="usage")
