/**
 * The whole log, from its bytes alone: every signature by a key in force, every record's chain, every leaf, the root, the
 * checkpoint. What each kind of event may say, and which post may say it, is not judged here; `yangguang verify` does.
 */
import { equal, hex } from "./bytes.js";
import { openCheckpoint } from "./checkpoint.js";
import { dayOf, readEntry } from "./entry.js";
import { judge, newKeyring, vkeyAt } from "./keyring.js";
import { leafHash } from "./merkle.js";
import { parseLogVkey } from "./note.js";
import { Refusal } from "./refusal.js";
import { TILE_WIDTH } from "./tile.js";
import { MemoryTree } from "./tree.js";
import { nth } from "./words.js";

const LOST = new Uint8Array(32);

/**
 * {findings: [{index, code, sentence}], entries, signatures, records, keyring, tree} of a ledger from `readLedger`. A
 * finding with index null is about the ledger as a whole. `progress(done, total)` is told after each bundle.
 */
export async function replayLedger(ledger, progress = () => {}) {
  const fold = newFold(ledger.identity.origin);
  for (let start = 0; start < ledger.size; start += TILE_WIDTH) {
    for (const bytes of await bundleOrNothing(ledger, start, fold)) await judgeNext(fold, bytes);
    progress(fold.tree.size, ledger.size);
  }
  await checkRoot(ledger, fold);
  await checkHead(ledger, fold);
  fold.findings.sort((one, other) => (one.index ?? Infinity) - (other.index ?? Infinity));
  return { ...fold, records: fold.heads.size };
}

const newFold = (origin) => ({
  origin, keyring: newKeyring(), tree: new MemoryTree(), heads: new Map(), digests: new Set(), recordedAt: 0,
  entries: 0, signatures: 0, findings: [],
});

/** The entries of a bundle; as many nulls, and a finding, where it cannot be read. */
async function bundleOrNothing(ledger, start, fold) {
  try {
    return await ledger.log.bundle(start / TILE_WIDTH, ledger.size);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const count = Math.min(TILE_WIDTH, ledger.size - start);
    const sentence = `${nth(start)}至${nth(start + count - 1)}读不出来：${error.message}`;
    fold.findings.push({ index: start, code: error.code, sentence });
    return new Array(count).fill(null);
  }
}

async function judgeNext(fold, bytes) {
  const index = fold.tree.size;
  if (bytes !== null) {
    fold.entries += 1;
    try {
      await judgeEntry(fold, index, await readEntry(bytes));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      fold.findings.push({ index, code: error.code, sentence: `${nth(index)}：${error.message}` });
    }
  }
  await fold.tree.append(bytes === null ? LOST : await leafHash(bytes));
}

async function judgeEntry(fold, index, entry) {
  fold.signatures += entry.envelope.signatures.length;
  try {
    await checkChain(fold, index, entry);
    await judge(fold.keyring, index, entry);
    entry.payload.sealed.concat(entry.payload.withdrawable).forEach((digest) => fold.digests.add(digest));
  } finally {
    // A refused entry still takes its place, so that it isn't reported again at each later entry of its record.
    enter(fold, entry);
  }
}

function enter(fold, { payload, eventId, recordedAt }) {
  const head = fold.heads.get(uuidOf(payload));
  if (head === undefined || (head.kind === payload.kind && head.version < payload.version)) {
    fold.heads.set(uuidOf(payload), { kind: payload.kind, version: payload.version, eventId, treeSize: payload.treeSize });
  }
  fold.recordedAt = Math.max(fold.recordedAt, recordedAt);
}

async function checkChain(fold, index, { payload, recordedAt }) {
  if (payload.log !== fold.origin) throw new Refusal("wrong-log", "它是为另一本账签署的。");
  if (recordedAt < fold.recordedAt) throw new Refusal("clock-behind", "记入时间早于上一条：先后被调换过，或时间被改动过。");
  const head = fold.heads.get(uuidOf(payload)) ?? { kind: payload.kind, version: 0, eventId: null, treeSize: 0 };
  if (head.kind !== payload.kind) throw new Refusal("duplicate", "它的记录编号属于另一种记录。");
  if (payload.version !== head.version + 1 || payload.previous !== head.eventId) {
    throw new Refusal("wrong-previous", "它与所续的上一条接不上：中间有账目被删去、调换或改动过。");
  }
  await checkTree(fold, index, payload, head);
  if (payload.occurred_on > dayOf(recordedAt)) throw new Refusal("invalid-field", "它写的日期晚于记入的那一天。");
  checkDigests(fold, payload);
}

async function checkTree({ tree }, index, { treeSize, treeRoot }, head) {
  const least = index === 0 ? 0 : Math.max(head.treeSize, 1);
  const fits = least <= treeSize && treeSize <= index;
  if (fits && equal(await tree.root(treeSize), treeRoot)) return;
  throw new Refusal("wrong-tree", "签署人当时核对过的账本与这里的不同：在它之前的账目被改动过。");
}

function checkDigests(fold, { sealed, withdrawable }) {
  const digests = [...sealed, ...withdrawable];
  if (new Set(digests).size === digests.length && !digests.some((digest) => fold.digests.has(digest))) return;
  throw new Refusal("duplicate", "它用了本账本用过的指纹。");
}

/** The entries lead to the root of the checkpoint; where they don't, the published leaf hashes tell which entry differs. */
async function checkRoot(ledger, fold) {
  const found = await fold.tree.root();
  if (equal(found, ledger.claim.rootHash)) return;
  for (let index = 0; index < ledger.size; index += 1) {
    const published = await publishedLeaf(ledger, index);
    if (published === null) break;
    if (equal(published, fold.tree.read(0, index)) || fold.findings.some((each) => each.index === index)) continue;
    fold.findings.push({ index, code: "changed-entry", sentence: `${nth(index)}与签章时的内容不同：它在记入之后被改动过。` });
  }
  const [one, other] = [hex(found).slice(0, 16), hex(ledger.claim.rootHash).slice(0, 16)];
  const sentence = `由账目推算出的总指纹是${one}…，签章里的是${other}…：账目在签章之后被改动、删去或添加过。`;
  fold.findings.push({ index: null, code: "wrong-root", sentence });
}

async function publishedLeaf(ledger, index) {
  try {
    return await ledger.reader.read(0, index);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return null;
  }
}

/** The checkpoint is signed by the log key that was in force at its size. */
async function checkHead(ledger, fold) {
  try {
    const { key, origin } = ledger.identity;
    const inForce = vkeyAt(fold.keyring, ledger.size) ?? key.vkey;
    await openCheckpoint(ledger.note, { origin, keys: [await parseLogVkey(inForce)] });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    fold.findings.push({ index: null, code: "bad-checkpoint", sentence: `账本签章没有通过：${error.message}` });
  }
}

const uuidOf = (payload) => payload.record.split("/")[1];
