"""The headers by which platforms prove a delivery, for tests that send some."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from standardwebhooks import Webhook


def proof(
    module: str, secret: str, body: bytes, at: datetime, attempt: str = "msg_1"
) -> Mapping[str, str]:
    """Return the headers that prove a body to the adapter of a module, sent at a moment."""
    seconds = int(at.timestamp())
    key = secret.encode()

    def mac(text: bytes, algorithm: str = "sha256") -> str:
        return hmac.new(key, text, algorithm).hexdigest()

    if module in {"argilla", "standard_webhooks", "cloudevents"}:
        signature = Webhook(secret).sign(attempt, at, body.decode())
        return {
            "webhook-id": attempt, "webhook-timestamp": str(seconds),
            "webhook-signature": signature,
        }  # fmt: skip
    if module == "encord":
        told = mac(f"{seconds}.".encode() + body)
        return {"x-encord-timestamp": str(seconds), "x-encord-signature": told}
    if module == "toloka":
        told = mac(f"{seconds * 1000}.1.".encode() + body)
        return {"toloka-signature": f"{{v=1, ts={seconds * 1000}, sign={told}}}"}
    if module == "inception":
        return {"x-aero-signature": hashlib.sha1(key + body, usedforsecurity=False).hexdigest()}
    return {
        "cvat": {"x-signature-256": f"sha256={mac(body)}"},
        "labelbox": {"x-hub-signature": f"sha1={mac(body, 'sha1')}"},
        "superannotate": {"x-authorization-content-sha256": mac(body)},
        "huggingface_hub": {"x-webhook-secret": secret},
    }.get(module, {"authorization": f"Bearer {secret}"})
