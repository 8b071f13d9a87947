"""Pictures of items come through the console itself, from allowed hosts alone."""

import contextlib
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from web.pages.browsing import sign_in_as

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


@contextlib.contextmanager
def picture_server():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Set-Cookie", "theirs=1")
            self.end_headers()
            self.wfile.write(PNG)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture
def settings(settings):
    return replace(settings, media_hosts="127.0.0.1", unsafe_media=True)


async def test_a_picture_comes_sandboxed_and_without_anything_else_of_its_host(browser, deployment):
    await sign_in_as(browser, deployment, role="reviewer")

    with picture_server() as port:
        answer = await browser.get("/media", params={"url": f"http://127.0.0.1:{port}/a.png"})

    assert answer.status_code == 200
    assert answer.content == PNG
    assert answer.headers["content-type"] == "image/png"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers


async def test_a_host_that_nobody_allowed_is_refused_with_the_reason(browser, deployment):
    await sign_in_as(browser, deployment)

    answer = await browser.get("/media", params={"url": "https://cdn.example.org/a.png"})
    missing = await browser.get("/media")

    assert answer.status_code == 422
    assert "LABELTRUST_MEDIA_HOSTS" in answer.text
    assert 400 <= missing.status_code < 500


async def test_nobody_fetches_pictures_without_being_signed_in(browser):
    answer = await browser.get("/media", params={"url": "https://cdn.example.org/a.png"})

    assert answer.status_code == 303
