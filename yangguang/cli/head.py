"""``yangguang head``: a ledger's tree head into another ledger."""

from pathlib import Path
from typing import Annotated

import typer

from ledger.domain.head import HeadEntered
from yangguang.cli.console import refusals
from yangguang.cli.submitting import RECEIPTS, KeyFiles, To, Vkey, sign_and_submit
from yangguang.client import Client
from yangguang.heads import head_of

app = typer.Typer(
    help="把一本账的总指纹记入上级账本 / enter a ledger's tree head in a top ledger", no_args_is_help=True
)


@app.callback()
def _group() -> None:
    """Keeps ``enter`` a command of its own."""


@app.command()
def enter(
    url: Annotated[str, typer.Argument(help="地区账本公布的网址 / where the regional ledger is published")],
    key: KeyFiles,
    to: To,
    vkey: Vkey = None,
    receipts: Annotated[Path, typer.Option(help="回执存放处 / where receipts are kept")] = RECEIPTS,
) -> None:
    """把网址上公布的签章记入上级账本，连同它接着上一次往后记的证明。适合每小时运行一次。

    Enters the checkpoint published at URL in the top ledger, with the proof that it continues the one before. Fit for
    cron. A ledger that shows another history is refused, here and there, and the sentence says what was seen.

    17 * * * * yangguang head enter https://county.example --key head.pem --to https://province.example
    """
    with refusals():
        content = {"data": head_of(url, to)}
        sign_and_submit(HeadEntered, content, keys=key, client=Client(to, vkey), receipts=receipts)
