"""nginx over a folder, as an institution that keeps a copy would run it: no configuration of ours but the folder."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.verifier.browser import free_port

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
CONFIGURATION = """daemon off;
worker_processes 1;
pid {place}/nginx.pid;
error_log {place}/error.log;
events {{ worker_connections 64; }}
http {{
    include /etc/nginx/mime.types;
    access_log {place}/access.log;
    client_body_temp_path {place}; proxy_temp_path {place}; fastcgi_temp_path {place};
    uwsgi_temp_path {place}; scgi_temp_path {place};
    server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""


@contextmanager
def nginx(root: Path, place: Path) -> Iterator[str]:
    """The address of the folder ``root``. Its absence is loud: a failure where CI is set, else a skip that says so."""
    if NGINX is None:
        if os.environ.get("CI") == "true":
            pytest.fail("nginx is missing; exports must be tested under it")
        pytest.skip("NOT CHECKED: there is no nginx, so the export was not served by it")
    place.mkdir()
    port = free_port()
    (place / "nginx.conf").write_text(CONFIGURATION.format(place=place, root=root, port=port), encoding="utf-8")
    # A worker that gave up being root could not read what the test's own user wrote.
    arguments = ["-g", "user root;"] if os.geteuid() == 0 else []
    process = subprocess.Popen([NGINX, "-c", str(place / "nginx.conf"), "-p", str(place), *arguments])
    try:
        with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
            client.get(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)
