/** Finding an entry in the log: where somebody's hint says, else by reading the bundles one after another. */
import { readEntry } from "./entry.js";
import { keyId } from "./envelope.js";
import { decodeBase64 } from "./base64.js";
import { publicKeysIn } from "./key_events.js";
import { Refusal, unproved } from "./refusal.js";
import { TILE_WIDTH } from "./tile.js";

/**
 * The first entry below `below` (with its `index`) that `wanted(entry)` accepts, or null. `hints` are indices to look at
 * before all others: whoever gave them can only make the search longer. `newestFirst` reads backwards.
 */
export async function locate(ledger, wanted, { hints = [], below = ledger.size, newestFirst = false } = {}) {
  for (const index of hints.filter((hint) => hint < below)) {
    const entry = await readable(await ledger.log.entry(index, ledger.size));
    if (entry !== null && (await wanted(entry))) return { ...entry, index };
  }
  const bundles = Array.from({ length: Math.ceil(below / TILE_WIDTH) }, (_, number) => number);
  for (const number of newestFirst ? bundles.reverse() : bundles) {
    const found = await locateInBundle(ledger, number, { wanted, below, newestFirst });
    if (found !== null) return found;
  }
  return null;
}

async function locateInBundle(ledger, number, { wanted, below, newestFirst }) {
  const numbered = (await ledger.log.bundle(number, ledger.size)).map((bytes, place) => [number * TILE_WIDTH + place, bytes]);
  for (const [index, bytes] of newestFirst ? numbered.reverse() : numbered) {
    if (index >= below) continue;
    const entry = await readable(bytes);
    if (entry !== null && (await wanted(entry))) return { ...entry, index };
  }
  return null;
}

/** The entry that put the key of a key id in force before entry `below`, and the key: {enrolment, publicKey}. */
export async function locateKey(ledger, keyid, { hints, below }) {
  let publicKey = null;
  const wanted = async ({ payload }) => {
    for (const key of publicKeysIn(payload).map(decodeBase64)) {
      if ((await keyId(key)) === keyid) publicKey = key;
    }
    return publicKey !== null;
  };
  const enrolment = await locate(ledger, wanted, { hints, below });
  if (enrolment === null) throw unproved(`在这一条之前，账本里没有启用过尾号${keyid.slice(-4)}的密钥。`);
  return { enrolment, publicKey };
}

/** Every entry from `from` on that belongs to a record, as [{index, payload}]. */
export async function laterEntries(ledger, record, from) {
  const later = [];
  for (let index = from; index < ledger.size; index += 1) {
    const entry = await readable(await ledger.log.entry(index, ledger.size));
    if (entry?.payload.record === record) later.push({ index, payload: entry.payload });
  }
  return later;
}

/** The entry in some bytes, or null where there is none: such an entry is not what is looked for. */
async function readable(bytes) {
  try {
    return await readEntry(bytes);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return null;
  }
}
