"""What the caller knows of the ledger from elsewhere: its genesis digest, its key, an old checkpoint, receipts."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.audit.evidence import Evidence
from ledger.audit.report import Finding, Remark
from ledger.audit.sentences import file_finding
from ledger.audit.stored_checks import check_note
from ledger.audit.witnessing import ProofsWitnessed
from ledger.canonical import parse_strict
from ledger.errors import LedgerError, MalformedError, NotFoundError, ProofError
from ledger.tlog.base64 import decode_base64
from ledger.tlog.merkle import check_inclusion, leaf_hash
from ledger.tlog.proof import MAX_PROOF_BYTES, TlogProof, parse_proof

MAX_RECEIPT_BYTES = 2 * MAX_PROOF_BYTES


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """A receipt that somebody kept: the entry's bytes, if it holds them, and the proof."""

    file: str
    entry: bytes | None
    proof: TlogProof


def check_identity(evidence: Evidence, *, genesis: str | None, vkey: str | None) -> None:
    """The ledger is the one that the caller means."""
    identity = evidence.identity
    if genesis is not None and (identity is None or identity.genesis != genesis.strip().lower()):
        evidence.findings.add(
            Finding(
                "wrong-genesis",
                "这不是您指定的账本：第0条的内容指纹与您给的不同。",
                "This is not the ledger you asked for: entry 0 has another digest than the one you gave.",
                index=0,
            )
        )
    if vkey is not None:
        # Of a whole log/vkey the first line is the current key.
        _check_vkey(evidence, vkey.strip().partition("\n")[0])


def _check_vkey(evidence: Evidence, vkey: str) -> None:
    keys = evidence.identity.vkeys_at(evidence.tree.size) if evidence.identity else ()
    if vkey not in keys:
        evidence.findings.add(
            Finding(
                "wrong-vkey",
                "这不是您指定的账本：第0条和以后的更换里，都没有您给的那一把账本公钥。",
                "This is not the ledger you asked for: neither entry 0 nor a rotation names the log key you gave.",
                index=0,
            )
        )
    elif evidence.identity and evidence.identity.rotations and vkey != keys[0]:
        evidence.notes.append(
            Remark(
                f"您给的账本公钥是换下来的；由它经账本里的更换，接到现用的{keys[0]}。"
                "旧密钥可能已在别人手里，下次请改用现用的公钥或第0条的内容指纹。",
                f"The log key you gave was rotated; rotations in the log lead from it to the current one, {keys[0]}."
                " Others may hold the old one: next time give the current key or the genesis digest.",
            )
        )


def check_since(evidence: Evidence, path: Path) -> None:
    """The ledger only added to what an old checkpoint covered. Raises NotFoundError if there is no such file."""
    try:
        note = path.read_bytes()
    except OSError:
        raise NotFoundError(f"没有文件{path}。", f"There is no file {path}.") from None
    try:
        check_note(evidence, note, strict=False)
    except LedgerError as error:
        evidence.findings.add(
            file_finding(
                "not-consistent",
                str(path),
                f"账本与您保存的签章{path.name}接不上：{error.zh}",
                f"The ledger does not continue the checkpoint you kept, {path.name}: {error.en}",
            )
        )


def check_receipts(evidence: Evidence, folder: Path, proofs: ProofsWitnessed | None = None) -> int:
    """Each receipt's entry stands at its index, under its own checkpoint too. Raises NotFoundError for no folder."""
    if not folder.is_dir():
        raise NotFoundError(f"没有文件夹{folder}。", f"There is no folder {folder}.")
    count = 0
    for path in receipt_files(folder):
        count += 1
        try:
            receipt = read_receipt(path)
        except LedgerError as error:
            evidence.findings.add(
                file_finding(
                    "unreadable-receipt",
                    path.name,
                    f"回执{path.name}读不出来：{error.zh}",
                    f"The receipt {path.name} cannot be read: {error.en}",
                )
            )
        else:
            _check_receipt(evidence, receipt)
            if proofs is not None:
                proofs.check(receipt.file, receipt.proof.checkpoint)
    if proofs is not None:
        proofs.conclude()
    if not count:
        evidence.notes.append(Remark(f"{folder}里没有回执。", f"There are no receipts in {folder}."))
    return count


def receipt_files(folder: Path) -> Iterator[Path]:
    """The files of a folder that are receipts by their names, those of its folders too."""
    return (path for path in sorted(folder.rglob("*")) if path.suffix in {".json", ".tlog-proof"} and path.is_file())


def read_receipt(path: Path) -> KeptReceipt:
    """The receipt in a file, unverified. Raises MalformedError, TooLargeError, ProofError."""
    with path.open("rb") as file:
        data = file.read(MAX_RECEIPT_BYTES + 1)
    if path.suffix == ".tlog-proof":
        proof = parse_proof(data)
        return KeptReceipt(path.name, proof.extra, proof)
    value = parse_strict(data, max_bytes=MAX_RECEIPT_BYTES)
    fields = (value.get("index"), value.get("entry"), value.get("proof")) if isinstance(value, dict) else ()
    match fields:
        case (int() as index, str() as entry, str() as text):
            proof = parse_proof(text.encode())
        case _:
            raise MalformedError("回执应有index、entry和proof三栏。", "A receipt has an index, an entry and a proof.")
    if proof.index != index:
        raise ProofError("序号与证明里的不同。", f"Its index is {index}, and its proof is of entry {proof.index}.")
    return KeptReceipt(path.name, decode_base64(entry), proof)


def _check_receipt(evidence: Evidence, receipt: KeptReceipt) -> None:
    index = receipt.proof.index
    if evidence.identity is None:
        return
    try:
        checkpoint = evidence.identity.open_note(receipt.proof.checkpoint, strict=False)
        if receipt.entry is not None:
            leaf, root = leaf_hash(receipt.entry), checkpoint.root_hash
            check_inclusion(index, checkpoint.tree_size, leaf=leaf, proof=receipt.proof.hashes, root=root)
    except LedgerError as error:
        evidence.findings.add(
            file_finding(
                "bad-receipt",
                receipt.file,
                f"回执{receipt.file}不是这本账的：{error.zh}",
                f"The receipt {receipt.file} is not this ledger's: {error.en}",
            )
        )
        return
    try:
        _check_kept(evidence, receipt)
    except LedgerError as error:
        evidence.findings.add(
            Finding(
                "receipt-not-kept",
                f"账本签过回执{receipt.file}，说第{index}条已记入；现在的账本却不是这样：{error.zh}",
                f"The ledger signed the receipt {receipt.file} for entry {index}, and did not keep it: {error.en}",
                index=index,
                file=receipt.file,
            )
        )


def _check_kept(evidence: Evidence, receipt: KeptReceipt) -> None:
    index = receipt.proof.index
    leaf = evidence.tree.read(0, index)
    if receipt.entry is not None and leaf != leaf_hash(receipt.entry):
        raise ProofError(f"第{index}条是别的内容。", f"Entry {index} is another one.")
    checkpoint = check_note(evidence, receipt.proof.checkpoint, strict=False)
    if receipt.entry is None:
        hashes, root = receipt.proof.hashes, checkpoint.root_hash
        check_inclusion(index, checkpoint.tree_size, leaf=leaf, proof=hashes, root=root)
