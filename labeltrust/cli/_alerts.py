"""`labeltrust alert …`: channels, what is wrong, and messages that were given up."""

from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._errors import DoesNotHold
from labeltrust.cli._options import AsJson, Reason, Scope, example
from labeltrust.cli._output import day, out, print_json, print_table, say
from labeltrust.domain.errors import InvalidInput

if TYPE_CHECKING:
    from labeltrust.domain.alerts import Channel, Message
    from labeltrust.services.alerting.add_channel import NewChannel

app = typer.Typer(help="Alerts, and where they go.", no_args_is_help=True)
channel = typer.Typer(help="Where alerts go.", no_args_is_help=True)
app.add_typer(channel, name="channel")
Name = Annotated[str, typer.Argument(help="Name of the channel.")]
Number = Annotated[int, typer.Argument(help="Number of the message.")]


@channel.command(
    epilog=example(
        "alert channel add crm --shape webhook --set url=https://crm.example.org/labeltrust",
        "alert channel add night --shape pagerduty --set routing_key=@key.txt --floor page",
    )
)
def add(  # noqa: PLR0913 - one parameter an option
    name: Annotated[str, typer.Argument(help="What people call it.")],
    *,
    shape: Annotated[
        str,
        typer.Option(
            help="webhook (signed), slack, pagerduty, alertmanager, email, generic or apprise."
        ),
    ],
    option: Annotated[
        list[str],
        typer.Option("--set", help="NAME=VALUE of the shape; =@FILE reads a secret from a file."),
    ],
    code: Annotated[
        list[str] | None, typer.Option(help="What it is told; repeatable. Without it, all.")
    ] = None,
    project: Scope = None,
    floor: Annotated[str, typer.Option(help="ticket or page: told from there on.")] = "ticket",
    window_seconds: Annotated[float, typer.Option(help="How long a burst is gathered.")] = 30.0,
    as_json: AsJson = False,
) -> None:
    """Add a channel; the secret that signs its messages, if any, is shown this once."""
    from labeltrust.services.alerting.add_channel import (  # noqa: PLC0415 - slow imports
        ChannelDraft,
        add_channel,
    )

    draft = ChannelDraft(
        name=name,
        shape=shape,
        options=_options(option),
        codes=tuple(code) if code else None,
        projects=tuple(project) if project else None,
        floor=floor,
        window_seconds=window_seconds,
    )
    with acting() as who:
        made = add_channel(who.deployment, who.principal, draft)
    _show_new(made, as_json=as_json)


@channel.command("list", epilog=example("alert channel list"))
def list_channels_(*, as_json: AsJson = False) -> None:
    """List the channels, and how each stands."""
    from labeltrust.services.alerting.list_channels import list_channels  # noqa: PLC0415

    with acting() as who:
        found = list_channels(who.deployment, who.principal)
    if as_json:
        print_json(found)
        return
    columns = ("channel", "shape", "host", "told of", "sent#", "failed#", "last", "state")
    print_table(columns, [_channel_row(one) for one in found], "Nobody is told.")


@channel.command("test", epilog=example("alert channel test night"))
def try_(name: Name, *, as_json: AsJson = False) -> None:
    """Send a test now; exits 1 where it was not taken."""
    from labeltrust.services.alerting.list_channels import channel_named  # noqa: PLC0415
    from labeltrust.services.alerting.try_channel import try_channel  # noqa: PLC0415

    with acting() as who:
        number = channel_named(who.deployment, who.principal, name).id
        tried = try_channel(who.deployment, who.principal, number)
    if as_json:
        print_json(tried)
    else:
        out(f"{name}: {'taken' if tried.taken else f'not taken, {tried.detail}'}")
    if not tried.taken:
        raise DoesNotHold


@channel.command(epilog=example("alert channel rotate crm --overlap-hours 24"))
def rotate(
    name: Name,
    *,
    overlap_hours: Annotated[float, typer.Option(help="How long older keys sign as well.")] = 24.0,
    as_json: AsJson = False,
) -> None:
    """Sign by a new key, shown this once, and by the older ones until the overlap ends."""
    from labeltrust.services.alerting.add_channel import rotate_key  # noqa: PLC0415
    from labeltrust.services.alerting.list_channels import channel_named  # noqa: PLC0415

    with acting() as who:
        number = channel_named(who.deployment, who.principal, name).id
        made = rotate_key(who.deployment, who.principal, number, overlap_hours=overlap_hours)
    _show_new(made, as_json=as_json)


@channel.command("on", epilog=example('alert channel on crm --reason "the endpoint is back"'))
def on(name: Name, *, reason: Reason, as_json: AsJson = False) -> None:
    """Tell a channel again that was switched off."""
    from labeltrust.services.alerting.add_channel import switch_on  # noqa: PLC0415
    from labeltrust.services.alerting.list_channels import channel_named  # noqa: PLC0415

    with acting() as who:
        number = channel_named(who.deployment, who.principal, name).id
        made = switch_on(who.deployment, who.principal, number, reason=reason)
    if as_json:
        print_json(made)
    else:
        out(f"{made.name} is told again")


@channel.command(epilog=example("alert channel remove crm"))
def remove(name: Name, *, as_json: AsJson = False) -> None:
    """Tell a channel nothing any more; its address and secrets are forgotten."""
    from labeltrust.services.alerting.add_channel import remove_channel  # noqa: PLC0415
    from labeltrust.services.alerting.list_channels import channel_named  # noqa: PLC0415

    with acting() as who:
        number = channel_named(who.deployment, who.principal, name).id
        gone = remove_channel(who.deployment, who.principal, number)
    if as_json:
        print_json(gone)
    else:
        out(f"{gone.name} is told nothing any more")


@app.command("open", epilog=example("alert open"))
def open_(*, as_json: AsJson = False) -> None:
    """List what is wrong now, and what is held back until when."""
    from labeltrust.services.alerting.list_alerts import list_alerts  # noqa: PLC0415

    with acting() as who:
        found = list_alerts(who.deployment, who.principal)
    if as_json:
        print_json(found)
        return
    rows = [
        (a.severity, a.code, a.project or a.source or "", a.words, day(a.opened_at), a.resumes)
        for a in found
    ]
    columns = ("severity", "code", "where", "what", "since", "held back")
    print_table(columns, rows, "Nothing is wrong.")


@app.command("list", epilog=example("alert list", "alert list --state sent"))
def list_(
    *,
    state: Annotated[
        str, typer.Option(help="dead, waiting, sent, discarded, dropped or all.")
    ] = "dead",
    before: Annotated[int | None, typer.Option(help="Numbers below this, for more.")] = None,
    limit: Annotated[int, typer.Option(help="Rows of a page, 1 to 1000.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List messages, those given up unless told otherwise, newest first."""
    from labeltrust.services.alerting.dead_letters import list_messages  # noqa: PLC0415

    with acting() as who:
        found = list_messages(
            who.deployment, who.principal, state=state, before=before, limit=limit
        )
    if as_json:
        print_json(found)
        return
    columns = ("message#", "channel", "what", "effect", "state", "tries#", "made", "trouble")
    print_table(columns, [_message_row(one) for one in found], f"None ({state}).")


@app.command(epilog=example('alert retry 7 --reason "the receiver is back"'))
def retry(number: Number, *, reason: Reason, as_json: AsJson = False) -> None:
    """Try a message again that was given up."""
    from labeltrust.services.alerting.dead_letters import retry_message  # noqa: PLC0415

    with acting() as who:
        _told(retry_message(who.deployment, who.principal, number, reason=reason), as_json)


@app.command(epilog=example('alert discard 7 --reason "known by telephone"'))
def discard(number: Number, *, reason: Reason, as_json: AsJson = False) -> None:
    """Put a message aside that was given up."""
    from labeltrust.services.alerting.dead_letters import discard_message  # noqa: PLC0415

    with acting() as who:
        _told(discard_message(who.deployment, who.principal, number, reason=reason), as_json)


def _told(message: "Message", as_json: bool) -> None:  # noqa: FBT001 - passed on
    if as_json:
        print_json(message)
    else:
        out(f"message {message.id} is {message.state}")


def _options(given: list[str]) -> dict[str, str]:
    """Return the options of a shape; a value that begins with @ names a file that holds it."""
    from pathlib import Path  # noqa: PLC0415 - only here

    found = {}
    for pair in given:
        name, is_pair, value = pair.partition("=")
        if not is_pair or not name:
            detail = f"{name[:40]!r} is not NAME=VALUE"
            raise InvalidInput(detail, place="--set", code="usage")
        found[name] = Path(value[1:]).read_text("utf-8").strip() if value[:1] == "@" else value
    return found


def _show_new(made: "NewChannel", *, as_json: bool) -> None:
    if as_json:
        print_json(made)
        return
    say(f"channel {made.channel.name} ({made.channel.shape}) goes to {made.channel.host}")
    if made.secret:
        say("the secret that its messages are signed by, shown this once:")
        out(made.secret)


def _channel_row(one: "Channel") -> tuple[object, ...]:
    told = "all" if one.codes is None else ", ".join(one.codes)
    state = f"off: {one.off_why}" if one.off_at else one.trouble or "well"
    last = day(one.sent_at) or "never"
    return (one.name, one.shape, one.host, told, one.sent, one.failed, last, state)


def _message_row(one: "Message") -> tuple[object, ...]:
    made = day(one.made_at)
    return (
        one.id,
        one.channel,
        one.code,
        one.effect,
        one.state,
        one.tries,
        made,
        one.trouble or "",
    )
