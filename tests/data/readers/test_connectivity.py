import contextlib
import http.server
import socket
import threading
import time

import pytest

from keras_gan.data.readers import connectivity
from keras_gan.data.readers.connectivity import has_network


@contextlib.contextmanager
def serve(handler):
    server = http.server.HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


class Refuse(http.server.BaseHTTPRequestHandler):
    """An origin, or a proxy, that answers everything with 403."""

    def do_HEAD(self):
        self.send_error(403)

    do_CONNECT = do_HEAD

    def log_message(self, *_):
        pass


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_an_error_status_is_an_answer():
    with serve(Refuse) as url:
        assert has_network(url)


def test_a_refused_tunnel_is_none(monkeypatch):
    with serve(Refuse) as proxy:
        monkeypatch.setenv("https_proxy", proxy)
        assert not has_network("https://storage.googleapis.com/")


def test_a_refused_connection_is_none():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert not has_network(f"http://127.0.0.1:{taken.getsockname()[1]}/")


def test_a_name_that_does_not_exist_is_none():
    assert not has_network("https://nowhere.invalid/")
    assert not has_network("no address")


def test_silence_ends():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        start = time.monotonic()
        assert not has_network(f"http://127.0.0.1:{silent.getsockname()[1]}/", timeout=0.3)
        assert time.monotonic() - start < 2


def test_a_name_server_that_hangs_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(connectivity, "_answers", lambda url, timeout: time.sleep(5) or True)
    start = time.monotonic()
    assert not has_network("https://x.invalid/", timeout=0.2)
    assert time.monotonic() - start < 2
