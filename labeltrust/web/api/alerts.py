"""Alerts over HTTP: what is wrong, channels with their keys, and messages that were given up."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, PathParameter, QueryParameter

from labeltrust.domain.alerts import Channel, Message
from labeltrust.services.alerting.add_channel import (
    OVERLAP_HOURS,
    WINDOW_SECONDS,
    ChannelDraft,
    NewChannel,
    add_channel,
    remove_channel,
    rotate_key,
    switch_on,
)
from labeltrust.services.alerting.dead_letters import (
    discard_message,
    list_messages,
    retry_message,
)
from labeltrust.services.alerting.list_alerts import OpenAlert, list_alerts
from labeltrust.services.alerting.list_channels import list_channels
from labeltrust.services.alerting.try_channel import Tried, try_channel
from labeltrust.web.access import by_key
from labeltrust.web.api.quarantine import Most, ReasonBody
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example
from labeltrust.web.pagination import MAX_ID, Cursor, cursor_after, number_of_cursor

MessageNumber = Annotated[int, PathParameter(ge=1, le=MAX_ID)]
ChannelNumber = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]
State = Annotated[
    str,
    QueryParameter(
        name="state",  # the framework keeps that word for itself as a parameter
        required=False,
        description="`waiting`, `sent`, `dead`, `discarded`, `dropped` or `all`.",
    ),
]


class ChannelBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A channel to be added; `options` are what its shape needs, and are never shown again."""

    name: str
    shape: str
    options: dict[str, str]
    codes: tuple[str, ...] | None = None
    projects: tuple[str, ...] | None = None
    floor: str = "ticket"
    window_seconds: float = WINDOW_SECONDS

    def draft(self) -> ChannelDraft:
        """Return what the service calls a draft."""
        return ChannelDraft(
            name=self.name,
            shape=self.shape,
            options=self.options,
            codes=self.codes,
            projects=self.projects,
            floor=self.floor,
            window_seconds=self.window_seconds,
        )


class RotateBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long older keys sign as well."""

    overlap_hours: float = OVERLAP_HOURS


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertList:
    """What is wrong now, and what is held back."""

    alerts: list[OpenAlert]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelList:
    """Channels without addresses and secrets, oldest first."""

    channels: list[Channel]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    """Messages, newest first."""

    messages: list[Message]
    next_cursor: str | None


_NEW = example(
    "Pages to PagerDuty",
    {
        "name": "night",
        "shape": "pagerduty",
        "options": {"routing_key": "the integration key"},
        "floor": "page",
    },
)
_ROTATE = example("With a day's overlap", {"overlap_hours": 24})
_RETRY = example("Try again", {"reason": "the receiver is back"})
_DISCARD = example("Put aside", {"reason": "known by telephone"})
_ON = example("Switch on", {"reason": "the endpoint is back"})


@get("/v1/alerts", opt=by_key("mend"), tags=["alerts"], summary="List what is wrong")
async def index(caller: NamedDependency[Caller]) -> AlertList:
    """Return open alerts, pages first; those held back say by what and until when."""
    return AlertList(alerts=await caller.ask(list_alerts))


@get("/v1/alert-channels", opt=by_key("mend"), tags=["alerts"], summary="List channels")
async def channels(caller: NamedDependency[Caller]) -> ChannelList:
    """Return the channels in scope and how each stands."""
    return ChannelList(channels=await caller.ask(list_channels))


# The answers of the next two hold a secret, which must not be kept to be said again.
@post(
    "/v1/alert-channels",
    opt=by_key("manage") | {"own_ids": True},
    tags=["alerts"],
    summary="Add a channel",
)
async def add(
    data: Annotated[ChannelBody, BodyKwarg(examples=[_NEW])], caller: NamedDependency[Caller]
) -> NewChannel:
    """Add a channel; the secret that signs its messages, if any, is in this answer only."""
    return await caller.ask(add_channel, data.draft())


@post(
    "/v1/alert-channels/{channel:int}/rotate",
    opt=by_key("manage") | {"own_ids": True},
    status_code=200,
    tags=["alerts"],
    summary="Rotate its key",
)
async def rotate(
    channel: ChannelNumber,
    data: Annotated[RotateBody, BodyKwarg(examples=[_ROTATE])],
    caller: NamedDependency[Caller],
) -> NewChannel:
    """Sign by a new key, in this answer only, and by the older ones until the overlap ends."""
    return await caller.ask(rotate_key, channel, overlap_hours=data.overlap_hours)


@post(
    "/v1/alert-channels/{channel:int}/test",
    opt=by_key("mend"),
    status_code=200,
    tags=["alerts"],
    summary="Send a test",
)
async def try_(channel: ChannelNumber, caller: NamedDependency[Caller]) -> Tried:
    """Send a test now and say how it was taken."""
    return await caller.ask(try_channel, channel)


@post(
    "/v1/alert-channels/{channel:int}/on",
    opt=by_key("mend"),
    status_code=200,
    tags=["alerts"],
    summary="Switch it on again",
)
async def on(
    channel: ChannelNumber,
    data: Annotated[ReasonBody, BodyKwarg(examples=[_ON])],
    caller: NamedDependency[Caller],
) -> Channel:
    """Tell a channel again that was switched off."""
    return await caller.ask(switch_on, channel, reason=data.reason)


@post(
    "/v1/alert-channels/{channel:int}/remove",
    opt=by_key("manage"),
    status_code=200,
    tags=["alerts"],
    summary="Remove a channel",
)
async def remove(channel: ChannelNumber, caller: NamedDependency[Caller]) -> Channel:
    """Tell a channel nothing any more; its address and secrets are forgotten."""
    return await caller.ask(remove_channel, channel)


@get("/v1/alert-messages", opt=by_key("mend"), tags=["alerts"], summary="List messages")
async def messages(
    caller: NamedDependency[Caller],
    wanted: State = "dead",
    limit: Most = 100,
    cursor: Cursor = None,
) -> MessagePage:
    """Return messages to channels in scope, those given up unless told otherwise."""
    before = number_of_cursor(cursor) or None
    found = await caller.ask(list_messages, state=wanted, before=before, limit=limit + 1)
    page, more = found[:limit], len(found) > limit
    return MessagePage(messages=page, next_cursor=cursor_after(page[-1].id) if more else None)


@post(
    "/v1/alert-messages/{message:int}/retry",
    opt=by_key("mend"),
    status_code=200,
    tags=["alerts"],
    summary="Try it again",
)
async def retry(
    message: MessageNumber,
    data: Annotated[ReasonBody, BodyKwarg(examples=[_RETRY])],
    caller: NamedDependency[Caller],
) -> Message:
    """Try a message again that was given up, for another day."""
    return await caller.ask(retry_message, message, reason=data.reason)


@post(
    "/v1/alert-messages/{message:int}/discard",
    opt=by_key("mend"),
    status_code=200,
    tags=["alerts"],
    summary="Put it aside",
)
async def discard(
    message: MessageNumber,
    data: Annotated[ReasonBody, BodyKwarg(examples=[_DISCARD])],
    caller: NamedDependency[Caller],
) -> Message:
    """Put a message aside that was given up."""
    return await caller.ask(discard_message, message, reason=data.reason)


HANDLERS = (
    index, channels, add, rotate, try_, on, remove, messages, retry, discard,
)  # fmt: skip
