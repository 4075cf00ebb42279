/**
 * One entry, in five steps. Each step is {state, title, sentence, details}: `state` ok, bad or unknown, `details` pairs of
 * label and full value to compare. What a step refuses is its result; where nobody answers, the whole check ends.
 */
import { decodeText, equal, hex } from "./bytes.js";
import { isCosigned, openCosignatures, parseWitnessVkey } from "./cosignature.js";
import { checkPublicKey } from "./ed25519.js";
import { dayOf } from "./entry.js";
import { openEnvelope } from "./envelope.js";
import { locate, locateKey } from "./finding.js";
import { openHead } from "./head.js";
import { checkConsistency, checkInclusion, leafHash } from "./merkle.js";
import { Refusal, unproved } from "./refusal.js";
import { proveConsistency, proveInclusion, treeRoot } from "./tree.js";
import { counted, momentInWords, nth } from "./words.js";

export const TITLES = ["签名是真的", "前后相连", "确实收在账本里", "账本签过章", "有人见证"];
const REMEDY = "请不要采信这一条，并把它的编号告诉监督机构；也可以用命令行再核对一遍。";

/** What checking one entry leaves open, in words. */
export const NOT_COVERED = [
  "签署用的密钥，在启用之后、这一条之前有没有被停用或注销，要核对整本账才知道。",
  "启用这把密钥的那一条是谁签署的，也要核对整本账才知道。",
  "签署的岗位有没有权限记这件事，由命令行核对（yangguang verify）。",
];

/**
 * The five steps for `entry` (from `readEntry`, with its `index`) of a ledger from `readLedger`. `hints` are
 * {enrolledAt, chain}: indices to look at first. `witnesses` are vkeys that the reader trusts, or
 * with `offered` those that the page lists.
 */
export async function checkEntry(ledger, entry, { hints = {}, witnesses = [], offered = false } = {}) {
  const steps = [checkSignatures, checkLinks, checkIncluded, checkHead, checkWitnesses];
  const results = [];
  for (const [place, step] of steps.entries()) {
    results.push(await run(TITLES[place], () => step(ledger, entry, { hints, witnesses, offered }), entry.index));
  }
  return results;
}

/** One step's result: what it says, or why it refused. */
export async function run(title, step, index) {
  try {
    return { state: "ok", title, details: [], ...(await step()) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const which = index === undefined ? "" : `${nth(index)}没有通过这一项：`;
    return { state: "bad", title, sentence: `${which}${error.message}${REMEDY}`, details: [] };
  }
}

async function checkSignatures(ledger, entry, { hints }) {
  const { payload, envelope, index } = entry;
  if (payload.log !== ledger.identity.origin) throw unproved("它是为另一本账签署的。");
  const found = await Promise.all(envelope.signatures.map(({ keyid }) => findKey(ledger, keyid, { index, hints })));
  await openEnvelope(envelope, new Map(found.map(({ keyid, publicKey }) => [keyid, publicKey])));
  for (const { enrolment, keyid } of found) await checkEnrolment(ledger, enrolment, { keyid, entry });
  const many = found.length > 1 ? `${found.length}个签名都` : "签名";
  const enrolled = [...new Set(found.map(({ enrolment }) => nth(enrolment.index)))].join("、");
  const posts = [...new Set(found.map(({ enrolment }) => postOf(enrolment)))].join("、");
  const sentence = `由${posts}的密钥签署，${many}与内容相符；密钥由${enrolled}启用，那里也收在账本里，记入这一条时还没有到期。`;
  const keys = found.map(({ keyid, enrolment }) => [`密钥（由${nth(enrolment.index)}启用）`, keyid]);
  return { sentence, details: [["内容指纹（SHA-256）", entry.eventId], ...keys] };
}

/** The post whose key an entry put in force; a replacement names none. */
function postOf({ payload }) {
  if (payload.type.startsWith("ledger.")) return "管理员";
  return typeof payload.data.post === "string" ? `“${payload.data.post}”` : "换过的";
}

async function findKey(ledger, keyid, { index, hints }) {
  // Entry 0 is signed by the admins that it names itself.
  const { enrolment, publicKey } = await locateKey(ledger, keyid, { hints: hints.enrolledAt, below: Math.max(index, 1) });
  checkPublicKey(publicKey);
  return { keyid, enrolment, publicKey };
}

async function checkEnrolment(ledger, enrolment, { keyid, entry }) {
  await proveIncluded(ledger, enrolment.index, enrolment.bytes);
  const { type, record } = enrolment.payload;
  const isEnrolment = ({ payload }) => payload.record === record && payload.type === "key.enrolled";
  const first = type === "key.replaced" ? await locate(ledger, isEnrolment, { below: enrolment.index }) : enrolment;
  const expires = first?.payload.data.expires_on;
  if (expires !== undefined && expires < dayOf(entry.recordedAt)) {
    throw unproved(`尾号${keyid.slice(-4)}的密钥的有效期到${expires}为止，这一条是之后才记入的。`);
  }
}

async function checkLinks(ledger, entry, { hints }) {
  const { payload, index } = entry;
  const said = payload.version === 1 ? "这是这件事的第一条账目" : await checkPrevious(ledger, entry, hints);
  if (payload.version === 1 && payload.previous !== null) throw unproved("它说前面还有账目，编号却是第一条。");
  const { treeSize: size, treeRoot: root } = payload;
  if (size > index || (size === 0) !== (index === 0)) throw unproved("签署人写的账本条数不对。");
  const details = [["本条的内容指纹", entry.eventId], ["写着的上一条", payload.previous ?? "没有"]];
  if (size === 0) return { sentence: `${said}，也是整本账的第一条。`, details };
  const found = await treeRoot(size, ledger.reader);
  if (!equal(found, root)) throw unproved("签署人当时核对过的账本与这里的不同：在它之前的账目被改动过。");
  const { reader } = ledger;
  const proof = await proveConsistency(size, ledger.size, reader);
  await checkConsistency(size, ledger.size, { oldRoot: root, newRoot: ledger.claim.rootHash, proof });
  const sentence = `${said}；签署人当时核对过前${counted(size)}条，它们到现在一条也没有改过。`;
  return { sentence, details: [...details, [`前${size}条的总指纹`, hex(root)]] };
}

async function checkPrevious(ledger, entry, hints) {
  const { payload, index } = entry;
  const wanted = ({ eventId }) => eventId === payload.previous;
  const previous = await locate(ledger, wanted, { hints: hints.chain, below: index, newestFirst: true });
  if (previous === null) throw unproved("它写着的上一条账目不在账本里。");
  const follows = previous.payload.record === payload.record && previous.payload.version + 1 === payload.version;
  if (!follows) throw unproved(`它写着的上一条是${nth(previous.index)}，那是另一件事的账目。`);
  await proveIncluded(ledger, previous.index, previous.bytes);
  return `本条写着上一条（${nth(previous.index)}）的内容指纹，对得上`;
}

async function checkIncluded(ledger, entry) {
  const { leaf, proof } = await proveIncluded(ledger, entry.index, entry.bytes);
  const sentence = proof.length === 0
    ? "账本只有这一条，它的指纹就是整本账的总指纹，与签章里的相同。"
    : `用${proof.length}个中间指纹，从本条一步步算出整本账的总指纹，与签章里的相同。`;
  const between = proof.map((hash, place) => [`中间指纹${place + 1}`, hex(hash)]);
  return { sentence, details: [["本条的指纹", hex(leaf)], ...between, ["账本总指纹", hex(ledger.claim.rootHash)]] };
}

async function proveIncluded(ledger, index, bytes) {
  const leaf = await leafHash(bytes);
  const proof = await proveInclusion(index, ledger.size, ledger.reader);
  await checkInclusion(index, ledger.size, { leaf, proof, root: ledger.claim.rootHash });
  return { leaf, proof };
}

/** The root is signed by the log key in force, which an entry names that is in the log itself. */
export async function checkHead(ledger) {
  const head = await openHead(ledger, ledger.note);
  await proveIncluded(ledger, head.namedAt, await ledger.log.entry(head.namedAt, ledger.size));
  const sentence = `总指纹由${nth(head.namedAt)}写明的账本密钥签章，签章盖住第0条至${nth(ledger.size - 1)}。`;
  return { sentence, details: [["账本", head.origin], ["账本公钥", head.vkey], ["账本签章", decodeText(ledger.note)]] };
}

/**
 * Who else saw the same root, of those whose keys the reader gave. Keys that the page `offered` are its own word: with
 * none of theirs under the checkpoint nothing is claimed, and so nothing is found false.
 */
export async function checkWitnesses(ledger, _, { witnesses, offered = false }) {
  const unknown = (sentence) => ({ state: "unknown", sentence });
  if (witnesses.length === 0) return unknown("您没有给出见证机构的公钥，这一项未检查。");
  const keys = await Promise.all(witnesses.map(parseWitnessVkey));
  const listed = `本网站列出的${keys.length}家见证机构`;
  if (offered && !isCosigned(ledger.note, keys)) return unknown(`${listed}还没有为现在的签章联署，这一项未检查。`);
  const found = await openCosignatures(ledger.note, keys);
  const named = found.map(({ name, time }) => [name, momentInWords(Number(time) * 1000)]);
  const whose = offered ? `${listed}（公钥也是本网站给的）` : `您给出的${keys.length}家见证机构`;
  return { sentence: `${whose}中，有${found.length}家联署了同一个总指纹。`, details: named };
}
