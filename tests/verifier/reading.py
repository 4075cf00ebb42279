"""What the page /verify says, as tests read it."""

from playwright.sync_api import Page

DONE = "#result[aria-busy=false] > *"
TITLES = ["签名是真的", "前后相连", "确实收在账本里", "账本签过章", "有人见证"]
LIST = """[...document.querySelectorAll('#result .steps > li')]
  .map(item => [item.querySelector('h3').firstChild.data, item.className])"""


def steps(tab: Page) -> dict[str, str]:
    """What the page found, by step, once it has looked."""
    tab.wait_for_selector(DONE)
    return dict(tab.evaluate(LIST))


def wait_for_text(tab: Page, selector: str, text: str) -> None:
    """Waits until the page shows a text. (A page that forbids evaluated text can't be asked with a function.)"""
    tab.locator(selector, has_text=text).first.wait_for(state="attached")


def check_text(tab: Page, address: str, text: str) -> str:
    """What the page says to a pasted text."""
    tab.goto(f"{address}/verify")
    tab.fill("#text", text)
    tab.click("#by-text button")
    tab.wait_for_selector(DONE)
    return tab.locator("#result").inner_text()


GOOD = dict.fromkeys(TITLES[:4], "ok") | {TITLES[4]: "unknown"}
