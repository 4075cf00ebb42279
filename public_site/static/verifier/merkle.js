/**
 * The Merkle tree of the log: what a proof must lead to (RFC 6962, section 2.1; RFC 9162, sections 2.1.3 and 2.1.4).
 *
 *     leaf   SHA-256(0x00 || entry)
 *     node   SHA-256(0x01 || left || right)
 *
 * Hashes are 32 bytes; indices and sizes are numbers or BigInts. Each `check…` returns nothing, or refuses.
 */
import { decodeBase64 } from "./base64.js";
import { concat, equal, hex, sha256 } from "./bytes.js";
import { unproved } from "./refusal.js";
import { nth } from "./words.js";

export const HASH_BYTES = 32;
export const EMPTY_ROOT = decodeBase64("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export const leafHash = (entry) => sha256(concat(LEAF, entry));

export const nodeHash = (left, right) => sha256(concat(NODE, left, right));

/** The leaf hash `leaf` is number `index` in the tree of `size` under `root` (RFC 9162, section 2.1.3.2). */
export async function checkInclusion(index, size, { leaf, proof, root }) {
  checkIndex(BigInt(index), BigInt(size));
  [leaf, root, ...proof].forEach(checkHash);
  let [fn, sn] = [BigInt(index), BigInt(size) - 1n];
  let node = leaf;
  for (const sibling of proof) {
    if (sn === 0n) throw wrongLength(proof);
    if (isRight(fn, sn)) {
      node = await nodeHash(sibling, node);
      [fn, sn] = skipLevelsWithoutSibling(fn, sn);
    } else {
      node = await nodeHash(node, sibling);
    }
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  if (sn !== 0n) throw wrongLength(proof);
  checkRoot(node, root, size);
}

/**
 * The tree of `newSize` only added to the tree of `oldSize` (RFC 9162, section 2.1.4.2). Size 0 is refused: every tree
 * is consistent with the empty one, so that would say nothing. Equal sizes need an empty proof and equal roots.
 */
export async function checkConsistency(oldSize, newSize, { oldRoot, newRoot, proof }) {
  const [older, newer] = [BigInt(oldSize), BigInt(newSize)];
  if (older < 1n || older > newer) throw unproved(`${older}条的账本不能是${newer}条的账本的开头。`);
  if ((older === newer) !== (proof.length === 0)) throw wrongLength(proof);
  if (proof.length === 0) {
    checkRoot(oldRoot, newRoot, newer);
    return;
  }
  [oldRoot, ...proof].forEach(checkHash);
  const [oldFound, newFound] = await consistentRoots(older, newer, oldRoot, proof);
  checkRoot(oldFound, oldRoot, older);
  checkRoot(newFound, newRoot, newer);
}

async function consistentRoots(older, newer, oldRoot, proof) {
  // The proof leaves out the old root where that is itself a complete subtree (step 2).
  const isComplete = (older & (older - 1n)) === 0n;
  const [first, ...rest] = isComplete ? [oldRoot, ...proof] : proof;
  let [fn, sn] = [older - 1n, newer - 1n];
  while (fn & 1n) [fn, sn] = [fn >> 1n, sn >> 1n];
  let [oldNode, newNode] = [first, first];
  for (const node of rest) {
    if (sn === 0n) throw wrongLength(proof);
    if (isRight(fn, sn)) {
      [oldNode, newNode] = [await nodeHash(node, oldNode), await nodeHash(node, newNode)];
      [fn, sn] = skipLevelsWithoutSibling(fn, sn);
    } else {
      newNode = await nodeHash(newNode, node);
    }
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  if (sn !== 0n) throw wrongLength(proof);
  return [oldNode, newNode];
}

const isRight = (fn, sn) => (fn & 1n) === 1n || fn === sn;

/** Past the levels where the right edge of the tree has no sibling, so that the proof has no hash for them. */
function skipLevelsWithoutSibling(fn, sn) {
  while (fn !== 0n && (fn & 1n) === 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
  return [fn, sn];
}

function checkIndex(index, size) {
  if (index < 0n || index >= size) throw unproved(`${size}条的账本里没有${nth(index)}。`);
}

function checkHash(hash) {
  if (hash.length !== HASH_BYTES) throw unproved("证明里有一个指纹不是32字节。");
}

function checkRoot(found, expected, size) {
  if (equal(found, expected)) return;
  const [one, other] = [hex(found).slice(0, 16), hex(expected).slice(0, 16)];
  throw unproved(`由证明算出的${size}条时的总指纹是${one}…，而不是${other}…。`);
}

const wrongLength = (proof) => unproved(`证明有${proof.length}个指纹，与账本的条数不符。`);
