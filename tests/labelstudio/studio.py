"""A real Label Studio: installed apart, started on a free port, used by people with accounts."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

VERSION = "1.23.2"
CONFIG = (
    '<View><Text name="text" value="$text"/><Choices name="verdict" toName="text">'
    '<Choice value="fraud"/><Choice value="benign"/></Choices></View>'
)
_PASSWORD = "a password of the tests 1"
_PATIENCE_SECONDS = 300.0


def installed(folder: Path) -> Path:
    """Install Label Studio into a virtual environment of its own, and return its command.

    Raises:
        SystemExit: It cannot be installed; says what pip said.
    """
    command = folder / "bin" / "label-studio"
    if command.exists():
        return command
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)  # noqa: S603
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    done = subprocess.run(  # noqa: S603
        [*pip, f"label-studio=={VERSION}"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"label-studio {VERSION} cannot be installed: {done.stderr[-2000:]}")
    return command


@dataclass(slots=True)
class Person:
    """An account with its own session and tokens."""

    number: int
    web: httpx.Client = field(repr=False)

    def personal_token(self) -> str:
        """Make a personal access token, as its page does."""
        self.web.get("/api/token/")
        headers = {"X-CSRFToken": self.web.cookies["csrftoken"], "Referer": str(self.web.base_url)}
        token: str = _ok(self.web.post("/api/token/", headers=headers))["token"]
        return token

    def api(self) -> httpx.Client:
        """Return a client that calls the API by this account's own token."""
        token = _ok(self.web.get("/api/current-user/token"))["token"]
        headers = {"Authorization": f"Token {token}"}
        return httpx.Client(base_url=self.web.base_url, headers=headers, timeout=60)


@dataclass(slots=True)
class LabelStudio:
    """A running platform."""

    url: str
    admin: httpx.Client

    def sign_up(self, name: str) -> Person:
        """Make an account by the page that people use."""
        web = httpx.Client(base_url=self.url, timeout=60)
        page = web.get("/user/signup/").text
        (mark,) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        form = {"csrfmiddlewaretoken": mark, "email": f"{name}@example.com"}
        form |= {"password": _PASSWORD, "allow_newsletters": "false"}
        web.post("/user/signup/", data=form, headers={"Referer": f"{self.url}/user/signup/"})
        return Person(_ok(web.get("/api/current-user/whoami"))["id"], web)

    def project(self, title: str, texts: list[str]) -> tuple[int, list[int]]:
        """Make a project with tasks; return its number and theirs."""
        made = {"title": title, "label_config": CONFIG, "maximum_annotations": 10}
        number = _ok(self.admin.post("/api/projects/", json=made))["id"]
        tasks = [{"data": {"text": text}} for text in texts]
        _ok(self.admin.post(f"/api/projects/{number}/import", json=tasks))
        return number, sorted(task["id"] for task in self.export(number))

    def export(self, project: int) -> list[dict[str, Any]]:
        """Return the whole project by another road than the connector's."""
        params = {"exportType": "JSON", "download_all_tasks": "true"}
        found: list[dict[str, Any]] = _ok(
            self.admin.get(f"/api/projects/{project}/export", params=params)
        )
        return found

    def add_webhook(self, project: int, url: str, secret: str) -> None:
        """Register our address, as its settings page does."""
        body = {"project": project, "url": url, "send_payload": True}
        body |= {"send_for_all_actions": True}
        body |= {"headers": {"Authorization": f"Bearer {secret}"}}
        _ok(self.admin.post("/api/webhooks/", json=body))


def answer(api: httpx.Client, task: int, choice: str, **more: object) -> int:
    """Label one task and return the annotation's number."""
    body = {"result": result(choice), "lead_time": 4.0, **more}
    number: int = _ok(api.post(f"/api/tasks/{task}/annotations/", json=body))["id"]
    return number


def change(api: httpx.Client, annotation: int, **parts: object) -> None:
    """Change an annotation."""
    _ok(api.patch(f"/api/annotations/{annotation}/", json=parts))


def delete(api: httpx.Client, annotation: int) -> None:
    """Delete an annotation."""
    api.delete(f"/api/annotations/{annotation}/").raise_for_status()


def result(choice: str) -> list[dict[str, object]]:
    """Return what the page sends for one choice."""
    part = {"from_name": "verdict", "to_name": "text", "type": "choices", "origin": "manual"}
    return [{**part, "value": {"choices": [choice]}}]


def _ok(response: httpx.Response) -> Any:
    if response.is_error:
        raise SystemExit(f"{response.request.url} answered {response.status_code}: {response.text}")
    return response.json()


@contextmanager
def label_studio(command: Path, home: Path) -> Iterator[LabelStudio]:
    """Run Label Studio on a free port with a database of its own."""
    port, token = _free_port(), "0123456789abcdef0123456789abcdef01234567"
    home.mkdir(parents=True, exist_ok=True)
    start = [str(command), "start", "--no-browser", "--port", str(port)]
    start += ["--internal-host", "127.0.0.1", "--username", "admin@example.com"]
    start += ["--password", _PASSWORD, "--user-token", token]
    with (home / "label-studio.log").open("w") as log:
        process = subprocess.Popen(  # noqa: S603
            start, env=os.environ | _settings(home), stdout=log, stderr=log, text=True
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process, home / "label-studio.log")
        headers = {"Authorization": f"Token {token}"}
        with httpx.Client(base_url=url, headers=headers, timeout=60) as admin:
            both = {"api_tokens_enabled": True, "legacy_api_tokens_enabled": True}
            _ok(admin.post("/api/jwt/settings", json=both))
            yield LabelStudio(url, admin)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _settings(home: Path) -> Mapping[str, str]:
    return {
        "LABEL_STUDIO_BASE_DATA_DIR": str(home),
        "COLLECT_ANALYTICS": "False",
        "LATEST_VERSION_CHECK": "0",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "SSRF_PROTECTION_ENABLED": "false",  # our receiver is on this machine
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
    }


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait(url: str, process: subprocess.Popen[str], log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/health").is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(1)
    raise SystemExit(f"Label Studio did not start: {log.read_text()[-2000:]}")
