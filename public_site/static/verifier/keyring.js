/**
 * The keyring: what entries 0 … i-1 made of each key, asked when entry i is judged. A claimed date decides nothing; the
 * day is the Beijing day on which the ledger recorded the entry.
 */
import { decodeBase64 } from "./base64.js";
import { dayOf } from "./entry.js";
import { keyId, openEnvelope } from "./envelope.js";
import { KEY_EVENTS, publicKeysIn } from "./key_events.js";
import { Refusal } from "./refusal.js";
import { nth } from "./words.js";

const ENDINGS = { revoked: "已被注销", replaced: "已被新密钥替换", policy: "已不在管理员名单里" };

/**
 * `keys` by key id: {id, publicKey, capabilities, enrolledAt, expiresOn?, suspended, endedAt?, endedWhy?, isAdmin};
 * `holders` by key record: {organisation, id, state}; `logKeys` are [entry index, vkey], the one in force last.
 */
export const newKeyring = () => ({ keys: new Map(), holders: new Map(), quorum: 0, admins: [], logKeys: [] });

/**
 * Judges entry `index` (from `readEntry`) and lets it change the keyring: every signature verifies, by a key that was in
 * force; what changes keys is also signed by those who may, and brings sound new keys. Refuses without changing anything.
 */
export async function judge(keyring, index, entry) {
  const { payload, envelope } = entry;
  await openEnvelope(envelope, await publicKeysFor(keyring, index, payload));
  const day = dayOf(entry.recordedAt);
  const change = await KEY_EVENTS[payload.type]?.({ keyring, index, payload, day });
  // Entry 0 is judged by the admins that it names itself.
  if (index === 0) change?.apply();
  const signers = envelope.signatures.map(({ keyid }) => keyring.keys.get(keyid));
  for (const key of signers) checkInForce(key, index, day);
  if (change?.signedBy === "govern") checkQuorum(keyring, signers);
  if (change?.signedBy === "register") checkRegistrar(signers);
  if (index > 0) change?.apply();
}

/** The log key that signs checkpoints of `size` entries: the last one that an entry below it names, or null. */
export const vkeyAt = (keyring, size) => keyring.logKeys.filter(([index]) => index < size).at(-1)?.[1] ?? null;

async function publicKeysFor(keyring, index, payload) {
  if (index > 0) return new Map([...keyring.keys].map(([id, key]) => [id, key.publicKey]));
  const keys = publicKeysIn(payload).map(decodeBase64);
  return new Map(await Promise.all(keys.map(async (key) => [await keyId(key), key])));
}

function checkInForce(key, index, day) {
  const refuse = (why) => {
    throw new Refusal("key-not-in-force", `尾号${key.id.slice(-4)}的密钥${why}。`);
  };
  if (index <= key.enrolledAt && index > 0) refuse(`从${nth(key.enrolledAt)}之后才生效`);
  if (key.endedAt !== undefined && index > key.endedAt) refuse(`在${nth(key.endedAt)}${ENDINGS[key.endedWhy]}`);
  if (key.expiresOn !== undefined && day > key.expiresOn) refuse(`的有效期到${key.expiresOn}为止`);
  if (key.suspended) refuse("已被暂停使用");
}

function checkQuorum(keyring, signers) {
  const mayGovern = signers.every((key) => key.capabilities.includes("govern"));
  if (!mayGovern || signers.length < keyring.quorum) {
    throw new Refusal("missing-capability", `这件事要至少${keyring.quorum}位管理员共同签署，这里的${signers.length}个签名不符。`);
  }
}

function checkRegistrar(signers) {
  if (signers.length !== 1 || !signers[0].capabilities.includes("register")) {
    throw new Refusal("missing-capability", "这件事要由有“登记”权限的密钥签署，而且只要一个签名。");
  }
}
