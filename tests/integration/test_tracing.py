"""Spans of a real server reach a real collector, and name nobody."""

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from factories import label, owner
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from recorded import project, record
from servers import labeltrust, serving, until

from labeltrust.domain.access import KeyDraft
from labeltrust.services.create_key import create_key

NAME = "mallory-of-the-night-shift"
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def collector():
    """Address of a collector, and the bodies it was sent."""
    bodies = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", bodies
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_request_is_a_span_of_its_route_and_of_the_callers_trace(
    settings, deployment, collector, monkeypatch
):
    url, bodies = collector
    project(deployment)
    record(deployment, [label("i1", NAME)])
    text = create_key(deployment, owner(), KeyDraft(name="k", role="auditor")).text
    more = {
        "LABELTRUST_TRACING": "true",
        "OTEL_EXPORTER_OTLP_ENDPOINT": url,
        "OTEL_SERVICE_NAME": "labels-eu",
        "OTEL_BSP_SCHEDULE_DELAY": "100",
    }
    with serving(settings, **more) as server:
        headers = {"authorization": f"Bearer {text}", "traceparent": PARENT}
        address = f"{server.url}/v1/projects/fraud/labelers/{NAME}?name={NAME}"
        answer = httpx.get(address, headers=headers)
        assert until(lambda: any(b"labelers/" in body for body in bodies))
    sent = b"".join(bodies)
    assert NAME.encode() not in sent
    assert text.encode() not in sent
    found = [s for body in bodies for s in spans(body) if "/labelers/{" in s.name]
    assert [s.trace_id.hex() for s in found] == [PARENT.split("-")[1]]
    told = {a.key: a.value for a in found[0].attributes}
    assert told["http.response.status_code"].int_value == answer.status_code
    assert told["labeltrust.request_id"].string_value == answer.headers["x-request-id"]
    assert b"labels-eu" in sent


def spans(body):
    request = ExportTraceServiceRequest.FromString(body)
    return [s for r in request.resource_spans for scope in r.scope_spans for s in scope.spans]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_without_the_extra_the_server_says_what_to_install(settings, tmp_path):
    folder = tmp_path / "opentelemetry"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise ImportError('not installed')")
    more = {"LABELTRUST_TRACING": "true", "PYTHONPATH": f"{tmp_path}:{':'.join(sys.path)}"}
    said = labeltrust(settings, "serve", "--port", "0", **more)
    assert said.returncode == 2
    assert "labeltrust[tracing]" in said.stderr
