/**
 * What a reader holds in hand, whatever it is: a receipt, a proof file, a signed checkpoint kept from before, a slip, a
 * signed text, the address or number of an entry. `recognise` only sorts; the `check…` functions judge.
 */
import { decodeBase64 } from "./base64.js";
import { decodeText, encodeText, equal, hex, sha256 } from "./bytes.js";
import { isObject, parseJson } from "./canonical.js";
import { readEntry } from "./entry.js";
import { locate } from "./finding.js";
import { checkContinued, openHead } from "./head.js";
import { checkInclusion, leafHash } from "./merkle.js";
import { FIRST_LINE, parseProof } from "./proof.js";
import { malformed, unproved } from "./refusal.js";
import { run } from "./single.js";
import { findSlip } from "./slip.js";
import { counted, nth } from "./words.js";

const MAX_BYTES = 8 * 1024 * 1024;
const EVENT_ID = /^[0-9a-f]{64}$/;
const NUMBER = /^(?:第)?([0-9,]{1,15})(?:条)?$/;
const ENTRY_ADDRESS = /(?:\/entries\/|#(?:.*&)?entry=)([0-9]{1,15})\b/;

/** {kind, …}: receipt {proof, entry?}, checkpoint {note}, slip {slip}, event {eventId}, entry {index}. */
export async function recognise(bytes) {
  if (bytes.length > MAX_BYTES) throw malformed("文件太大，不像是回执、证明、凭条或签章。");
  const text = decodeText(bytes);
  const trimmed = text.trim();
  if (text.startsWith(`${FIRST_LINE}\n`)) return receipt(parseProof(bytes));
  if (text.includes("\n\n— ")) return { kind: "checkpoint", note: bytes };
  const slip = findSlip(text);
  if (slip !== null) return { kind: "slip", slip };
  if (trimmed.startsWith("{")) return fromJson(parseJson(trimmed), trimmed);
  if (EVENT_ID.test(trimmed)) return { kind: "event", eventId: trimmed };
  const number = NUMBER.exec(trimmed)?.[1] ?? ENTRY_ADDRESS.exec(trimmed)?.[1];
  if (number !== undefined) return { kind: "entry", index: Number(number.replaceAll(",", "")) };
  throw malformed("认不出这是什么。可以放回执、证明文件、凭条、账本签章、签署的原文，或账目的编号。");
}

/** The steps for a receipt or proof: signed by the log, and the ledger is still as it says. */
export async function checkReceipt(ledger, { proof, entry }) {
  const index = Number(proof.index);
  const bytes = entry ?? (await ledger.log.entry(index, ledger.size));
  const signed = await run("回执是这本账签的", async () => {
    const head = await openHead(ledger, proof.checkpoint);
    const leaf = await leafHash(bytes);
    await checkInclusion(proof.index, head.treeSize, { leaf, proof: proof.hashes, root: head.rootHash });
    const sentence = `账本在有${counted(head.treeSize)}条时签过章，说${nth(index)}就是这个内容。`;
    return { sentence, details: [["本条的指纹", hex(leaf)], ["当时的总指纹", hex(head.rootHash)]] };
  }, index);
  const kept = await run("账本现在还是这样", async () => {
    if (!equal(await ledger.log.entry(index, ledger.size), bytes)) throw unproved("现在公布的是别的内容。");
    await checkContinued(ledger, await openHead(ledger, proof.checkpoint));
    return { sentence: "现在公布的这一条与回执上的逐字相同；从签回执到现在，账本没有改写过。" };
  }, index);
  return [signed, kept];
}

/** The steps for a checkpoint that somebody kept. */
export async function checkKept(ledger, note) {
  return [
    await run("账本没有改写过", async () => {
      const head = await openHead(ledger, note);
      await checkContinued(ledger, head);
      const grown = ledger.size - Number(head.treeSize);
      const sentence = `您保存的签章是账本有${counted(head.treeSize)}条时签的；那些账目现在一条也没有变，只在后面加了${counted(grown)}条。`;
      return { sentence, details: [["当时的总指纹", hex(head.rootHash)], ["现在的总指纹", hex(ledger.claim.rootHash)]] };
    }),
  ];
}

/** The entry of an event id. */
export async function findEvent(ledger, eventId) {
  const found = await locate(ledger, (entry) => entry.eventId === eventId, { newestFirst: true });
  if (found === null) throw unproved("账本里没有这个内容：它没有记入过，或者一个字也不一样了。");
  return found;
}

/** The entry of a number, with its `index`. */
export async function entryAt(ledger, index) {
  return { ...(await readEntry(await ledger.log.entry(index, ledger.size))), index };
}

const receipt = (proof, entry = proof.extra) => ({ kind: "receipt", proof, entry });

/** A receipt {index, entry, proof}, an entry {envelope, recorded_at}, or the signed text itself. */
async function fromJson(value, text) {
  if (!isObject(value)) throw malformed("认不出这份JSON是什么。");
  if (typeof value.proof === "string" && typeof value.entry === "string") {
    const proof = parseProof(encodeText(value.proof));
    if (!Number.isSafeInteger(value.index) || BigInt(value.index) !== proof.index) throw unproved("回执的编号与它的证明不同。");
    return receipt(proof, decodeBase64(value.entry));
  }
  if (typeof value.envelope?.payload === "string") return event(decodeBase64(value.envelope.payload));
  if (typeof value.payload === "string") return event(decodeBase64(value.payload));
  return event(encodeText(text));
}

const event = async (payload) => ({ kind: "event", eventId: hex(await sha256(payload)) });
