"""``yangguang head``: a ledger's tree head into another ledger."""

from pathlib import Path
from typing import Annotated

import typer

from ledger.domain.head import HeadEntered
from yangguang.cli.console import refusals, say
from yangguang.cli.submitting import RECEIPTS, KeyFiles, To, Vkey, sign_and_submit
from yangguang.cli.verifying import Since
from yangguang.client import Client
from yangguang.head_proofs import check_held
from yangguang.heads import head_of

app = typer.Typer(
    help="把一本账的总指纹记入上级账本 / enter a ledger's tree head in a top ledger", no_args_is_help=True
)


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


@app.command()
def check(
    url: Annotated[str, typer.Argument(help="地区账本公布的网址 / where the regional ledger is published")],
    to: Annotated[str, typer.Option("--in", help="上级账本的网址 / the top ledger's URL")],
    vkey: Vkey = None,
    since: Since = None,
) -> None:
    """两个证明一次核对：总指纹收在上级账本里；地区账本现在的账接着它往后记。

    Both proofs in one go: the head is in the top ledger, and what the region publishes today continues it. With
    --since, also that the top ledger continues a checkpoint of it that you kept.
    """
    with refusals():
        found = check_held(url, to, vkey=vkey, since=since)
    say(
        f"接得上：“{found.origin}”有{found.size:,}条，接着上级账本第{found.entry_index:,}条里的{found.head_size:,}条往后记；"
        f"那一条在上级账本的{found.top_size:,}条之内。",
        f"{found.origin} has {found.size} entries and continues the {found.head_size} in entry {found.entry_index} of"
        f" the top ledger, which is among its {found.top_size}.",
    )
    if vkey is None and since is None:
        say(
            "上级账本的身份没有锁定，请用 --vkey 或 --since。",
            "The top ledger's identity is not pinned: use --vkey or --since.",
        )
