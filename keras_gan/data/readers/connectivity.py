"""Whether there is a network, found out in bounded time."""

import http.client
import queue
import ssl
import threading
import urllib.error
import urllib.request


def has_network(url: str, timeout: float = 4.0) -> bool:
    """Return whether the server of `url` answers within `timeout` seconds, through a proxy where one is set.

    An error status from the server is an answer. A proxy that refuses the connection, a name that isn't
    resolved or silence is none.

    Args:
        url: best `https:`: with `http:` a refusal by the proxy looks like an answer by the server.
        timeout: in seconds, for everything together.
    """
    answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
    # A thread, because no timeout reaches into the resolution of names; a daemon, so that it holds up
    # nobody's exit.
    threading.Thread(target=lambda: answers.put(_answers(url, timeout)), daemon=True).start()
    try:
        return answers.get(timeout=timeout)
    except queue.Empty:
        return False


def _answers(url: str, timeout: float) -> bool:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=timeout):
            return True
    except urllib.error.HTTPError:
        return True
    except urllib.error.URLError as error:
        # Somebody answered whose certificate isn't known here; the download will say so.
        return isinstance(error.reason, ssl.SSLCertVerificationError)
    except (OSError, http.client.HTTPException, ValueError):
        return False
