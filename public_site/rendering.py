"""Templates to HTML: one environment for all pages, compiled once."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from public_site.drawn import Drawn, drawn
from public_site.visit import Page

HERE = Path(__file__).parent
TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,
    cache_size=-1,
    trim_blocks=True,
)
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".py": "text/x-python; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file served from memory; ``etag`` is quoted."""

    body: bytes
    media_type: str
    etag: str


def render(page: Page, site: SimpleNamespace) -> Drawn:
    """The page's HTML, with holes for what follows every entry."""
    return drawn(TEMPLATES.get_template(f"pages/{page.template}").render(**page.values, site=site))


def compile_templates() -> None:
    """Compiles every template now, for processes that are forked from this one."""
    for name in TEMPLATES.list_templates():
        TEMPLATES.get_template(name)


def versioned(name: str) -> str:
    """The address of a static file with its digest in it, so that it may be kept for ever."""
    return f"/static/{name}?v={STATIC[name].etag[1:13]}"


def static_files() -> dict[str, StaticFile]:
    """Every static file by its path under ``static``."""
    files = {}
    for path in sorted((HERE / "static").rglob("*")):
        if path.suffix in MEDIA_TYPES:
            body = path.read_bytes()
            etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
            name = path.relative_to(HERE / "static").as_posix()
            files[name] = StaticFile(body, MEDIA_TYPES[path.suffix], etag)
    return files


STATIC = static_files()
"""Read once: what is served is what was there at the start."""
