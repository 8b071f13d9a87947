"""Forged and replayed deliveries by number: how many were tried at the door, and none taken.

`make forged` tries 10,000 flipped bits and 1,000 captured deliveries of each kind and prints both.
"""

import base64
import binascii
import json
import random
from datetime import timedelta

import pytest
from effort import effort, figure
from origin_proofs import proof
from platform_samples import SAMPLES
from web.test_proof_of_origin import PLATFORMS, SECRET, add, stored

SIGNED = [name for name, platform in PLATFORMS.items() if not platform.static_header]
TIMED = ["argilla", "standard_webhooks", "cloudevents", "encord", "toloka"]
FLIPS, CAPTURED = 500, 50


@pytest.fixture
def post(outsider):
    """Posts a body with headers to a source; returns the status."""

    async def send(source, body, headers):
        raw = [(name.encode(), _bytes(value)) for name, value in headers.items()]
        answer = await outsider.post(f"/webhooks/{source}", content=body, headers=raw)
        return answer.status_code

    return send


def _bytes(value) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


def captured(module, at, number=0, attempt="msg_1"):
    """Return a right delivery of a platform: what it is about, its proof, its body."""
    headers, sample = SAMPLES[module][0]
    body = json.dumps(sample | {"nothing": number}).encode()
    return dict(headers), dict(proof(module, SECRET, body, at, attempt)), body


def flipped(raw: bytes, chance: random.Random) -> bytes:
    """Return bytes with one bit changed."""
    place = chance.randrange(len(raw) * 8)
    changed = bytearray(raw)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def same_proof(one: bytes, other: bytes) -> bool:
    """Say whether two headers are one proof: digits of hex in capitals, spare bits of base64."""
    return one.lower() == other.lower() or _signature(one) == _signature(other) is not None


def _signature(header: bytes) -> bytes | None:
    kind, _, text = header.partition(b",")
    try:
        return base64.b64decode(text) if kind == b"v1" else None
    except binascii.Error:
        return None


def told(kind: str, tried: int, taken: int) -> None:
    """Print what was tried and assert that nothing was taken."""
    figure(f"{kind}: {tried} tried, {taken} taken")
    assert taken == 0


@pytest.mark.usefixtures("fraud")
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_no_delivery_with_a_flipped_bit_is_taken(post, deployment, clock, database):
    chance, tried, taken = random.Random(7), 0, 0  # noqa: S311 - the same every time
    for module in PLATFORMS:
        add(deployment, module, module)
        about, proven, body = captured(module, clock())
        for _ in range(effort(FLIPS) // len(PLATFORMS) + 1):
            where = chance.choice([*proven, *(["body"] if module in SIGNED else [])])
            if where == "body":
                status = await post(module, flipped(body, chance), about | proven)
            else:
                changed = flipped(_bytes(proven[where]), chance)
                if same_proof(changed, _bytes(proven[where])):
                    continue
                status = await post(module, body, about | proven | {where: changed})
            tried += 1
            taken += status != 401

    told("flipped bits", tried, taken)
    assert tried >= FLIPS * 0.8
    assert stored(database) == 0


@pytest.mark.usefixtures("fraud")
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("module", TIMED)
async def test_a_signature_lives_for_300_seconds_before_and_after(post, deployment, clock, module):
    add(deployment, module)
    now = clock()

    statuses = {}
    for offset in (-301, -300, -299, 0, 299, 300, 301):
        attempt = f"msg_{offset}"
        about, proven, body = captured(module, now + timedelta(seconds=offset), offset, attempt)
        statuses[offset] = await post("src", body, about | proven)

    assert statuses == {-301: 401, 301: 401} | dict.fromkeys((-300, -299, 0, 299, 300), 202)


@pytest.mark.usefixtures("fraud")
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_no_part_of_a_delivery_can_be_taken_from_another(post, deployment, clock, database):
    """Id, time, signature, body: each out of another right delivery; and none, many, odd ones."""
    tried = taken = 0
    for module in SIGNED:
        add(deployment, module, module)
        about, one, body = captured(module, clock())
        _, two, other = captured(module, clock() - timedelta(seconds=9), 2, "msg_2")
        mixed = [(other, one), (body, two), (body, {}), (b"", one)]
        mixed += [(body, one | {name: two[name]}) for name in one if two[name] != one[name]]
        mixed += [(body, one | {name: ""}) for name in one]
        for name, value in one.items():
            odd = [f"v1a{value[2:]}", f"v2{value[2:]}", f"{value} " * 2, value[:-4], f"{value}=="]
            if value.startswith("v1,"):
                mixed += [(body, one | {name: text}) for text in (odd[0], odd[1], odd[3])]
                mixed.append((body, one | {name: " ".join([f"v1,{two[name][3:]}"] * 1_000)}))
        for content, headers in mixed:
            tried += 1
            taken += await post(module, content, about | headers) != 401

    told("swapped parts", tried, taken)
    assert stored(database) == 0


@pytest.mark.usefixtures("fraud")
async def test_what_was_captured_and_comes_again_changes_nothing(post, deployment, clock, database):
    kept = {module: [] for module in SIGNED}
    for module in SIGNED:
        add(deployment, module, module)
        for n in range(effort(CAPTURED) // len(SIGNED) + 1):
            about, proven, body = captured(module, clock(), n, f"msg_{n}")
            assert await post(module, body, about | proven) == 202
            kept[module].append((body, about | proven))
    events = of_labels(database)

    at_once = [
        await post(module, body, headers)
        for module, some in kept.items()
        for body, headers in some
    ]  # fmt: skip
    clock.tick(302)
    later = {
        module: {await post(module, body, headers) for body, headers in some}
        for module, some in kept.items()
    }

    assert set(at_once) == {202}
    assert {module: later[module] for module in TIMED} == {module: {401} for module in TIMED}
    told("replayed", 2 * len(at_once), of_labels(database) - events)


def of_labels(database) -> int:
    """How many events of senders are on record."""
    with database.connect() as connection:
        counted = "SELECT count(*) FROM event WHERE event_id IS NOT NULL"
        return connection.exec_driver_sql(counted).scalar_one()
