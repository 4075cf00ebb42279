/** Gives each case to the function under test and answers in plain JSON: null where it is refused. */
import * as base64 from "/static/verifier/base64.js";
import { hex } from "/static/verifier/bytes.js";
import * as canonical from "/static/verifier/canonical.js";
import * as checkpoint from "/static/verifier/checkpoint.js";
import * as disclosure from "/static/verifier/disclosure.js";
import * as ed25519 from "/static/verifier/ed25519.js";
import * as entry from "/static/verifier/entry.js";
import * as envelope from "/static/verifier/envelope.js";
import * as cosignature from "/static/verifier/cosignature.js";
import * as merkle from "/static/verifier/merkle.js";
import * as note from "/static/verifier/note.js";
import * as payload from "/static/verifier/payload.js";
import * as proof from "/static/verifier/proof.js";
import { Refusal } from "/static/verifier/refusal.js";
import * as tile from "/static/verifier/tile.js";

const bytes = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const signature = (each) => ({ name: each.name, key_id: each.keyId, signature: hex(each.signature) });
const head = (each) => ({ origin: each.origin, size: String(each.treeSize), root: hex(each.rootHash), extensions: each.extensions });
const vkeys = (texts) => Promise.all(texts.map(note.parseLogVkey));

const JUDGES = {
  base64: ({ text }) => hex(base64.decodeBase64(text)),
  base64url: ({ text }) => hex(base64.decodeBase64Url(text)),
  canonical: ({ data, most }) => canonical.canonicalText(canonical.parseCanonical(bytes(data), most)),
  strings: ({ data, line_feeds: lineFeeds }) => {
    canonical.checkStrings(canonical.parseCanonical(bytes(data), 65536), { lineFeeds });
    return true;
  },
  note: ({ data }) => {
    const { text, signatures } = note.parseNote(bytes(data));
    return { text, signatures: signatures.map(signature) };
  },
  vkey: async ({ text }) => {
    const key = await note.parseVkey(text);
    return { name: key.name, algorithm: key.algorithm, key: hex(key.publicKey), key_id: key.keyId };
  },
  log_vkey: async ({ text }) => (await note.parseLogVkey(text)).keyId,
  open_checkpoint: async ({ data, origin, keys }) => {
    const opened = await checkpoint.openCheckpoint(bytes(data), { origin, keys: await vkeys(keys) });
    return { ...head(opened), signed_by: opened.keys.map((key) => key.keyId) };
  },
  proof: ({ data }) => {
    const { index, hashes, extra, checkpoint: signed } = proof.parseProof(bytes(data));
    return { index: String(index), hashes: hashes.map(hex), extra: extra && hex(extra), checkpoint: hex(signed) };
  },
  check_proof: async ({ data, entry: leaf, origin, keys }) =>
    head(await proof.checkProof(proof.parseProof(bytes(data)), { entry: bytes(leaf), origin, keys: await vkeys(keys) })),
  entry: ({ data }) => {
    const { envelope: { payload: signed, signatures }, recordedAt } = entry.parseEntry(bytes(data));
    return { payload: hex(signed), signatures: signatures.map(({ keyid, sig }) => [keyid, hex(sig)]), recordedAt };
  },
  open_entry: async ({ data, keys }) => {
    const opened = entry.parseEntry(bytes(data)).envelope;
    await envelope.openEnvelope(opened, new Map(keys.map(([keyid, key]) => [keyid, bytes(key)])));
    return hex(opened.payload);
  },
  payload: ({ data }) => {
    const read = payload.parsePayload(bytes(data));
    return { record: read.record, size: read.treeSize, root: hex(read.treeRoot), lists: [read.sealed, read.withdrawable] };
  },
  disclosure: async ({ text }) => {
    const { kind, name, value, salt } = disclosure.parseDisclosure(text);
    return { kind, name, value: canonical.canonicalText(value), salt, digest: await disclosure.digestOf(text) };
  },
  signature: async ({ key, signature: signed, message }) => {
    await ed25519.verify(bytes(key), bytes(signed), bytes(message));
    return true;
  },
  public_key: ({ key }) => {
    ed25519.checkPublicKey(bytes(key));
    return true;
  },
  inclusion: async ({ index, size, leaf, proof: path, root }) => {
    await merkle.checkInclusion(BigInt(index), BigInt(size), { leaf: bytes(leaf), proof: path.map(bytes), root: bytes(root) });
    return true;
  },
  consistency: async ({ old_size: older, new_size: newer, old_root: oldRoot, new_root: newRoot, proof: path }) => {
    const roots = { oldRoot: bytes(oldRoot), newRoot: bytes(newRoot) };
    await merkle.checkConsistency(BigInt(older), BigInt(newer), { ...roots, proof: path.map(bytes) });
    return true;
  },
  bundle: ({ data, width }) => tile.parseBundle(bytes(data), width).map(hex),
  tile_path: ({ level, index, width }) => tile.tilePath(level, index, width),
  cosignatures: async ({ data, keys }) => {
    const witnesses = await Promise.all(keys.map(cosignature.parseWitnessVkey));
    return (await cosignature.openCosignatures(bytes(data), witnesses)).map(({ name, time }) => [name, String(time)]);
  },
};

/** The answers to [kind, input] pairs, in order. Only a Refusal is a refusal; any other error is a failed test. */
export async function judgeAll(cases) {
  const answers = [];
  for (const [kind, input] of cases) {
    try {
      answers.push(await JUDGES[kind](input));
    } catch (error) {
      if (!(error instanceof Refusal)) throw new Error(`${kind} ${JSON.stringify(input).slice(0, 400)}: ${error.stack}`);
      answers.push(null);
    }
  }
  return answers;
}
