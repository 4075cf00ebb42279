"""``yangguang work``: what waits for the holder of a key."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ledger.signing.keys import PrivateKey
from yangguang.cli.console import out, refusals, say, say_json
from yangguang.cli.submitting import To
from yangguang.client import Client


def work(
    key: Annotated[Path, typer.Option("--key", help="您的密钥文件 / your key file")],
    to: To = "http://127.0.0.1:8000",
    as_json: Annotated[bool, typer.Option("--json", help="输出JSON / print JSON")] = False,
) -> None:
    """列出等您办的事：要核对的捐赠、要审批的项目、要验收的工程、要答复的问题和提问。

    Lists what waits for you: gifts to match, projects to approve, works to accept, problems and questions to answer.
    """
    with refusals():
        found = Client(to).signed("GET", "/api/work", PrivateKey.load(key))
    if as_json:
        say_json(found)
        return
    for task in found["tasks"]:
        line = f"{task['since']}  {task['next_label']['zh']}（{task['next']}）  {task['name']['zh']}  {task['record']}"
        out.print(line, markup=False)
    say(_summary(found), f"{len(found['tasks'])} things wait for you.")


def _summary(found: dict[str, Any]) -> str:
    said = f"共{len(found['tasks'])}件等您办" if found["tasks"] else "现在没有等您办的事"
    said += "" if found["complete"] else "，还有更多没有列出"
    said += f"；收信箱里有{found['letters']}封" if found["letters"] is not None else ""
    return said + (f"；{found['envelopes']}份内容等您签第二个名。" if found["envelopes"] else "。")
