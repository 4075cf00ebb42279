"""README.txt of an export: what the folder is and how anybody checks it, in plain words."""

from yangguang.export.snapshot import Snapshot

README = "README.txt"
DEMONSTRATION = """演示数据：机构、项目、金额和日期都是虚构的，只用来说明账本怎样工作。
Demonstration data: organisations, projects, amounts and dates are invented.

"""
TEXT = """阳光账本的导出 · {origin}，第0条至第{last}条
==================================================

{demonstration}这个文件夹是一整本账：全部网页、数据表和账本文件。不需要原来的网站，也不需要联网，就能查看和核对。

怎样看
    用浏览器打开 index.html。放到任何一台网页服务器上，放在哪个目录都可以。

怎样核对（任选一种）
    1. 装有 Python 的电脑：
           pip install cryptography
           python verify.py . --genesis 创世指纹
       verify.py 只有一个文件，打开就能读：它写明核对什么、不核对什么。
    2. 装有阳光账本程序的电脑：
           yangguang verify . --genesis 创世指纹
           yangguang audit .
       第二条还会重放每一条记账规则。
       有 witness.policy 这个文件的，两条都加上 --policy witness.policy，核对见证机构的联署。
    3. 浏览器：把文件夹放到网页服务器上，打开 verify/。
       直接从硬盘打开（file://）时，浏览器不让网页运行核对程序，请用前两种。
    4. 文件有没有在拷贝时损坏：
           sha256sum -c SHA256SUMS

    “创世指纹”请从年度报告、监督机构等别的可靠来处取得，不要用这个文件夹里的 genesis.txt：
    只凭文件夹自己，能知道它前后一致，不能知道它是不是那一本账。

怎样核对一条账目
    log/proof/编号.tlog-proof 是那一条的证明，里面有账目原文和它第一次导出时的账本签章。

里面有什么
    index.html 和各个文件夹    网页，与网站上的相同，只是不能搜索、筛选和提问；导出到哪一条，见 verify/
    data/                      数据表：CSV、Excel、JSON，以及字段说明
    log/                       账本文件（C2SP tlog-tiles）和每一条的证明
    evidence/                  导出时还公开的照片和凭证
    verify.py                  核对程序
    genesis.txt                创世指纹：第0条的内容指纹
    SHA256SUMS                 每个文件的指纹

    公开的文字和照片可以由有权的人签署撤下。撤下以后的导出里就没有它们；手里留有旧导出的人，请也删去。

This folder is a whole ledger: pages, open data and log. It needs neither its web site nor a network.
Check it with verify.py (one file, see its head), with `yangguang verify .` or in a browser at verify/ on any web
server. Take the genesis digest from elsewhere, not from this folder.
"""


def readme(snapshot: Snapshot, *, demonstration: bool) -> str:
    """The text."""
    origin = snapshot.log.head().checkpoint.origin
    said = DEMONSTRATION if demonstration else ""
    return TEXT.format(origin=origin, last=f"{snapshot.log.size - 1:,}", demonstration=said)
