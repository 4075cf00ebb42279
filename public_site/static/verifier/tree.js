/**
 * Roots and proofs made from the hashes of complete subtrees (RFC 6962, sections 2.1 to 2.1.2).
 *
 * A reader has `read(level, index)`: the hash over leaves [index * 2**level, (index + 1) * 2**level). Where it reads from
 * the network its word counts for nothing: every proof made here is then held against a signed checkpoint.
 */
import { EMPTY_ROOT, nodeHash } from "./merkle.js";
import { unproved } from "./refusal.js";

/** The root of the first `size` leaves. */
export const treeRoot = (size, reader) => rangeRoot(0, size, reader);

/** The audit path of leaf `index` in the tree of `size`, the leaf's sibling first. */
export async function proveInclusion(index, size, reader) {
  const path = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const split = start + largestPowerBelow(end - start);
    path.push(await (index < split ? rangeRoot(split, end, reader) : rangeRoot(start, split, reader)));
    [start, end] = index < split ? [start, split] : [split, end];
  }
  return path.reverse();
}

/** That the tree of `oldSize` is a prefix of the tree of `newSize`; empty for equal sizes. */
export async function proveConsistency(oldSize, newSize, reader) {
  const proof = [];
  let [start, end] = [0, newSize];
  while (end !== oldSize) {
    const split = start + largestPowerBelow(end - start);
    proof.push(await (oldSize <= split ? rangeRoot(split, end, reader) : rangeRoot(start, split, reader)));
    [start, end] = oldSize <= split ? [start, split] : [split, end];
  }
  // Only where nothing was split off on the left is this subtree the old root itself, which the verifier has.
  if (start > 0) proof.push(await rangeRoot(start, end, reader));
  return proof.reverse();
}

/** A growing tree in memory that is also a reader. */
export class MemoryTree {
  #levels = [];

  get size() {
    return this.#levels[0]?.length ?? 0;
  }

  /** Adds one leaf hash and every node that it completes. */
  async append(leaf) {
    let [level, node] = [0, leaf];
    for (;;) {
      const row = (this.#levels[level] ??= []);
      row.push(node);
      if (row.length % 2 === 1) return;
      node = await nodeHash(row.at(-2), row.at(-1));
      level += 1;
    }
  }

  /** The root of the first `size` leaves, or of all. */
  root(size = this.size) {
    return treeRoot(size, this);
  }

  read(level, index) {
    const node = this.#levels[level]?.[index];
    if (node === undefined) throw unproved(`没有第${level}层第${index}个完整子树。`);
    return node;
  }
}

async function rangeRoot(start, end, reader) {
  const hashes = await Promise.all(completeSubtrees(start, end).map(([level, index]) => reader.read(level, index)));
  if (hashes.length === 0) return EMPTY_ROOT;
  let root = hashes.pop();
  while (hashes.length > 0) root = await nodeHash(hashes.pop(), root);
  return root;
}

/** The [level, index] of the fewest complete subtrees over leaves [start, end), from left to right. */
function completeSubtrees(start, end) {
  const subtrees = [];
  let position = start;
  while (position < end) {
    let [level, width] = [0, 1];
    while (width * 2 <= end - position) [level, width] = [level + 1, width * 2];
    subtrees.push([level, position / width]);
    position += width;
  }
  return subtrees;
}

function largestPowerBelow(count) {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}
