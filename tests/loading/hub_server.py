"""A server of this machine that answers as the Hugging Face Hub does, for one file of each repository."""

import contextlib
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextlib.contextmanager
def serving(files, name="gan.keras"):
    """Serve files by (repository, commit); give the address of the server."""
    contents = {
        f"/{repository}/resolve/{commit}/{name}": (commit, file) for (repository, commit), file in files.items()
    }

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.answer(body=False)

        def do_GET(self):
            self.answer(body=True)

        def answer(self, body):
            commit, file = contents.get(self.path, (None, None))
            content = b"" if file is None else file.read_bytes()
            self.send_response(404 if file is None else 200)
            if file is None:
                self.send_header("X-Error-Code", "RepoNotFound")
            else:
                self.send_header("X-Repo-Commit", commit)
                self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if body:
                self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
