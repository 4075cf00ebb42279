"""``yangguang inbox``: the public's letters, read on this device, and what becomes of them."""

import os
import unicodedata
from pathlib import Path
from typing import Annotated, Any

import typer

from ledger.domain.letter import Letter
from ledger.domain.question import QuestionAnswered, QuestionReceived
from ledger.sealing.disclosure import new_vault_key
from ledger.sealing.letters import InboxKey
from ledger.signing.keys import PrivateKey
from yangguang.cli.console import out, refusals, say, say_json
from yangguang.cli.submitting import RECEIPTS, To, Vkey, sign_and_submit
from yangguang.client import Client
from yangguang.letters import about_of, letters, one_letter

app = typer.Typer(
    help="公众来信：列出、阅读、记入、答复、删除。 Letters: list, read, answer, drop.", no_args_is_help=True
)
Key = Annotated[Path, typer.Option("--key", help="有“发布”或“监督”权限的密钥文件 / key that may publish or supervise")]
Number = Annotated[str, typer.Argument(help="来信编号，如7Q2M-0VXC-9ETR / the letter's number")]
InboxKeyFile = Annotated[Path, typer.Option("--inbox-key", help="收信密钥文件 / the inbox key file")]
Json = Annotated[bool, typer.Option("--json", help="输出JSON / print JSON")]
LOCAL = "http://127.0.0.1:8000"
PREVIEW = 40


@app.command("list")
def list_letters(
    key: Key,
    to: To = LOCAL,
    inbox_key: Annotated[
        Path | None, typer.Option("--inbox-key", help="给出就显示开头几个字 / shows how each begins")
    ] = None,
    as_json: Json = False,
) -> None:
    """列出还没有处理的来信，最早的在前。 Lists the letters that nobody has handled, oldest first."""
    with refusals():
        opener = InboxKey.load(inbox_key) if inbox_key else None
        found = list(letters(Client(to), PrivateKey.load(key), opener))
    if as_json:
        say_json({"letters": [item.to_json() for item in found]})
        return
    for item in found:
        begins = printable(item.letter.words.replace("\n", " "))[:PREVIEW] if item.letter else "（没有打开 sealed）"
        out.print(f"{item.number}  {item.received_at:%Y-%m-%d %H:%M}Z  {begins}", markup=False)
    say(f"共{len(found)}封。收到30天后删除。", f"{len(found)} letters, each deleted after 30 days.")


@app.command()
def read(
    number: Number,
    key: Key,
    inbox_key: InboxKeyFile,
    record: Annotated[bool, typer.Option("--record", help="记成公开的提问，然后从收信箱删除")] = False,
    category: Annotated[str, typer.Option(help="类别，如error、use / category of the question")] = "other",
    text: Annotated[str | None, typer.Option(help="代替原话公开的文字 / published in place of the words")] = None,
    to: To = LOCAL,
    vkey: Vkey = None,
    receipts: Annotated[Path, typer.Option(help="回执存放处 / where receipts are kept")] = RECEIPTS,
    as_json: Json = False,
) -> None:
    """在本机打开一封来信。--record 把它记成一条“收到提问”：原话可以撤下，联系方式封存。

    原话里有电话、证件号或孩子的姓名时，请用 --text 写一份去掉它们的话。

    Opens a letter on this device. --record makes it a public question: words withdrawable, contact sealed.
    """
    with refusals():
        client, signer = Client(to, vkey), PrivateKey.load(key)
        letter = one_letter(client, signer, InboxKey.load(inbox_key), number)
        if as_json:
            say_json({"number": number, "words": letter.words, "contact": letter.contact, "about": letter.about})
        else:
            _show(letter)
        if record:
            content = _question(client, letter, category, text or letter.words)
            sign_and_submit(QuestionReceived, content, keys=[key], client=client, receipts=receipts)
            client.signed("DELETE", f"/api/inbox/{number}", signer)
            say(f"{number}已从收信箱删除。", f"{number} was deleted from the inbox.")


@app.command()
def answer(
    question: Annotated[str, typer.Argument(help="question/编号 / the question's record")],
    outcome: Annotated[str, typer.Option(help="explained、correcting、passed_on、withheld、elsewhere")],
    key: Key,
    reply: Annotated[str | None, typer.Option(help="公开的答复，可以撤下 / the public answer")] = None,
    to: To = LOCAL,
    vkey: Vkey = None,
    receipts: Annotated[Path, typer.Option(help="回执存放处 / where receipts are kept")] = RECEIPTS,
) -> None:
    """公开答复一件提问。 Answers a question in public."""
    with refusals():
        free = {"reply": reply} if reply else {}
        content = {"record": question, "data": {"outcome": outcome}, "free": free}
        sign_and_submit(QuestionAnswered, content, keys=[key], client=Client(to, vkey), receipts=receipts)


@app.command()
def drop(number: Number, key: Key, to: To = LOCAL) -> None:
    """不记入，直接删除一封来信，如广告。 Deletes a letter without recording it, such as an advertisement."""
    with refusals():
        Client(to).signed("DELETE", f"/api/inbox/{number}", PrivateKey.load(key))
        say(f"{number}已从收信箱删除。", f"{number} was deleted from the inbox.")


def printable(text: str) -> str:
    """Text that cannot move the terminal's cursor: whoever wrote it is a stranger."""
    return "".join(
        each if each == "\n" or not unicodedata.category(each).startswith("C") else "\ufffd" for each in text
    )


def _show(letter: Letter) -> None:
    out.print(printable(letter.words), markup=False)
    say(f"关于：{letter.about or '没有指明'}　联系方式：{printable(letter.contact) or '没有留'}")


def _question(client: Client, letter: Letter, category: str, text: str) -> dict[str, Any]:
    contact = {"vault_key": new_vault_key(os.urandom), "contact": letter.contact}
    return {
        "data": {"category": category, "channel": "site", "code": letter.number, **about_of(client, letter.about)},
        "free": {"text": text},
        "fields": {"contact": contact} if letter.contact else {},
    }
