"""The folder of an export: files appear whole, what did not change is not written, what is gone is removed.

    INCOMPLETE.txt   there from the first change until everything is in place
    SHA256SUMS       written last: the digest of every other file, as ``sha256sum -c`` reads it

A cut at any moment leaves INCOMPLETE.txt, with which ``yangguang verify`` and ``verify.py`` refuse the folder, and the
next export goes on from there.
"""

import fcntl
import filecmp
import hashlib
import os
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ledger.audit.source import INCOMPLETE
from ledger.errors import LedgerError

SUMS = "SHA256SUMS"
GENESIS = "genesis.txt"
MARKS = (SUMS, INCOMPLETE)
CUT = (
    "这份导出没有完成：请再运行一次 yangguang export，完成以后这个文件会消失。\n"
    "This export is not complete. Run yangguang export again; this file will be gone when it is.\n"
)
TEMPORARY = ".part"
CHUNK = 1024 * 1024


@dataclass(slots=True)
class Written:
    """How many files, and their bytes: what is to be uploaded anew."""

    files: int = 0
    size: int = 0

    def add(self, files: int, size: int) -> None:
        """Counts further ones."""
        self.files += files
        self.size += size


class Folder:
    """Where an export goes. Several processes may put files into it at once, never the same one."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.written = Written()
        """What this process has written; what others have, they tell."""

    @contextmanager
    def taken(self, genesis: str) -> Iterator[None]:
        """Takes the folder, from any other export too, also from processes of one that was killed.

        Raises LedgerError unless it is empty or holds an earlier export of the same ledger.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        held = os.open(self.root, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
            raise LedgerError(
                f"另一个 yangguang export 正在写{self.root}。请等它完成。",
                f"Another yangguang export is writing {self.root}. Wait until it is done.",
            ) from None
        try:
            self._begin(genesis)
            yield
        finally:
            os.close(held)

    def _begin(self, genesis: str) -> None:
        if any(self.root.iterdir()) and not any((self.root / mark).is_file() for mark in MARKS):
            raise LedgerError(
                f"{self.root}里有别的东西，也不是以前的导出，不会动它。请换一个空文件夹。",
                f"{self.root} is not empty and no earlier export, and is left alone. Choose an empty folder.",
            )
        known = self.root / GENESIS
        if known.is_file() and known.read_text(encoding="utf-8").strip() != genesis:
            raise LedgerError(
                f"{self.root}是另一本账的导出，不会动它。请换一个空文件夹。",
                f"{self.root} is an export of another ledger and is left alone. Choose an empty folder.",
            )
        (self.root / INCOMPLETE).write_text(CUT, encoding="utf-8")

    def read(self, name: str) -> bytes | None:
        """What is in a file; None where there is none."""
        try:
            return (self.root / name).read_bytes()
        except OSError:
            return None

    def put(self, name: str, data: bytes) -> tuple[str, bool]:
        """Puts a file in place, all of it or nothing; its hex SHA-256, and whether anything changed."""
        return self.replace(name, self.read(name), data)

    def replace(self, name: str, old: bytes | None, data: bytes) -> tuple[str, bool]:
        """The same where it is known what ``read`` gave."""
        path = self.root / name
        digest = hashlib.sha256(data).hexdigest()
        if old == data:
            return digest, False
        if old is None:
            path.parent.mkdir(parents=True, exist_ok=True)
        # A crash before the rename leaves a temporary file, which the next export removes.
        temporary = path.with_name(f"{path.name}{TEMPORARY}")
        temporary.write_bytes(data)
        temporary.replace(path)
        self.written.add(1, len(data))
        return digest, True

    def put_file(self, name: str, file: BinaryIO) -> tuple[str, bool]:
        """As ``put``, of what is too large to be held in memory; ``file`` is at its beginning."""
        path, digest = self.root / name, hashlib.sha256()
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}{TEMPORARY}")
        with temporary.open("wb") as target:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                target.write(chunk)
        return digest.hexdigest(), self._put_in_place(temporary, path)

    def keep_only(self, names: Container[str]) -> int:
        """Removes every file that is not among ``names``, and folders left empty; how many files that were.

        What begins with a dot at the top, such as ``.git``, is not the export's.
        """
        return sum(self._keep_only(each, names)[0] for each in list(os.scandir(self.root)) if each.name[0] != ".")

    def _keep_only(self, at: os.DirEntry[str], names: Container[str]) -> tuple[int, bool]:
        """Of one entry of a folder: how many files went, and whether it is still there."""
        if not at.is_dir(follow_symlinks=False):
            name = Path(at.path).relative_to(self.root).as_posix()
            if name in MARKS or name in names:
                return 0, True
            Path(at.path).unlink()
            return 1, False
        removed, is_kept = 0, False
        with os.scandir(at.path) as inside:
            for each in inside:
                count, is_there = self._keep_only(each, names)
                removed, is_kept = removed + count, is_kept or is_there
        if not is_kept:
            Path(at.path).rmdir()
        return removed, is_kept

    def finish(self, files: Iterable[tuple[str, str]]) -> None:
        """Writes the sums of all files, which come by name, and says that the export is complete."""
        temporary = self.root / f"{SUMS}{TEMPORARY}"
        with temporary.open("w", encoding="utf-8", newline="\n") as lines:
            lines.writelines(f"{digest}  {name}\n" for name, digest in files)
        self._put_in_place(temporary, self.root / SUMS)
        # Everything must be on the disk before the folder claims to be whole.
        os.sync()
        (self.root / INCOMPLETE).unlink(missing_ok=True)

    def _put_in_place(self, temporary: Path, path: Path) -> bool:
        """Renames a file to where another may be that holds the same; whether anything changed."""
        if path.is_file() and filecmp.cmp(temporary, path, shallow=False):
            temporary.unlink()
            return False
        self.written.add(1, temporary.stat().st_size)
        temporary.replace(path)
        return True
