/** Checkpoints of this log, whenever they were signed: by the key that was in force at their size. */
import { openCheckpoint } from "./checkpoint.js";
import { locate } from "./finding.js";
import { checkConsistency } from "./merkle.js";
import { parseLogVkey } from "./note.js";
import { unproved } from "./refusal.js";
import { proveConsistency } from "./tree.js";
import { nth } from "./words.js";

/**
 * {origin, treeSize, rootHash, vkey, namedAt} of a signed note: `namedAt` is the entry that names the key. A key that an
 * entry below that size is known to have replaced is refused. Not known is a rotation that the file `vkey` conceals.
 */
export async function openHead(ledger, note) {
  const { key, origin } = ledger.identity;
  const listed = await Promise.all(ledger.listed.filter((vkey) => vkey !== key.vkey).map(parseLogVkey));
  const head = await openCheckpoint(note, { origin, keys: [key, ...listed] });
  const size = Number(head.treeSize);
  const [{ vkey }] = head.keys;
  const namedAt = vkey === key.vkey ? 0 : (await rotation(ledger, vkey))?.index;
  if (namedAt === undefined || namedAt >= size) throw unproved("签它的那把密钥，这个条数时的账本里没有写明。");
  for (const newer of ledger.listed.slice(0, Math.max(ledger.listed.indexOf(vkey), 0))) {
    const replaced = await rotation(ledger, newer);
    if (replaced !== null && replaced.index < size) throw unproved(`签它的密钥，${nth(replaced.index)}已经换下来了。`);
  }
  return { ...head, vkey, namedAt };
}

/** A head that the log signed is the beginning of the ledger as it is now. */
export async function checkContinued(ledger, head) {
  const size = Number(head.treeSize);
  if (size > ledger.size) throw unproved(`账本签章时有${size}条，现在公布的只有${ledger.size}条。`);
  const proof = await proveConsistency(size, ledger.size, ledger.reader);
  await checkConsistency(size, ledger.size, { oldRoot: head.rootHash, newRoot: ledger.claim.rootHash, proof });
}

/** Whether this is the ledger that the reader means: true, false, or null where nothing was pinned. */
export async function isPinned(ledger, { genesis, vkey }) {
  if (!genesis && !vkey) return null;
  if (genesis && genesis !== ledger.identity.genesis) return false;
  return !vkey || vkey === ledger.identity.key.vkey || (await rotation(ledger, vkey)) !== null;
}

/** The entry that puts a log key in force, or null. */
const rotation = (ledger, vkey) =>
  locate(ledger, ({ payload }) => payload.type === "ledger.log_key_rotated" && payload.data.log_vkey === vkey);
