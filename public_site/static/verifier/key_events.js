/**
 * The entries that change keys: each is a function of {keyring, index, payload, day} that refuses what may not enter and
 * returns {signedBy, apply}: who must sign, the quorum of the admins or one key that may register; and the change.
 */
import { decodeBase64 } from "./base64.js";
import { equal } from "./bytes.js";
import { checkPossession } from "./ed25519.js";
import { keyId } from "./envelope.js";
import { ED25519, parseLogVkey, parseVkey } from "./note.js";
import { isDay } from "./payload.js";
import { Refusal, malformed } from "./refusal.js";

/** Capabilities that only the quorum of the admins may give. */
const GOVERNED = ["register", "supervise", "care", "confirm"];

export const KEY_EVENTS = {
  "ledger.opened": opened,
  "ledger.policy_changed": policyChanged,
  "ledger.log_key_rotated": logKeyRotated,
  "key.enrolled": enrolled,
  "key.replaced": replaced,
  "key.suspended": ({ keyring, payload }) => changed(keyring, payload, ["enrolled"], "suspended", { suspended: true }),
  "key.restored": ({ keyring, payload }) => changed(keyring, payload, ["suspended"], "enrolled", { suspended: false }),
  "key.revoked": ({ keyring, payload, index }) =>
    changed(keyring, payload, ["enrolled", "suspended"], "revoked", { endedAt: index, endedWhy: "revoked" }),
};

/** The base64 public keys that an entry puts in force: an enrolment's, a replacement's, or those of a policy's admins. */
export function publicKeysIn({ type, data }) {
  if (type === "key.enrolled" || type === "key.replaced") return [data.public_key].filter(isText);
  if (type !== "ledger.opened" && type !== "ledger.policy_changed") return [];
  return adminsIn(data).map((admin) => admin?.public_key).filter(isText);
}

async function opened(event) {
  if (event.index !== 0) throw new Refusal("duplicate", "账本只能启用一次。");
  const vkeys = Array.isArray(event.payload.data.log_vkeys) ? event.payload.data.log_vkeys.filter(isText) : [];
  const keys = (await Promise.all(vkeys.map(parseVkey))).filter((key) => key.algorithm === ED25519);
  if (keys.length !== 1) throw malformed("第0条里要恰好有一把Ed25519账本公钥。");
  const { signedBy, apply } = await policyChanged(event);
  const { logKeys } = event.keyring;
  return { signedBy, apply: () => { apply(); logKeys.push([0, keys[0].vkey]); } };
}

async function policyChanged({ keyring, index, payload }) {
  const { quorum } = payload.data.policy ?? {};
  const admins = await Promise.all(adminsIn(payload.data).map((admin) => readAdmin(keyring, payload, admin)));
  const governing = admins.filter((admin) => admin.capabilities.includes("govern"));
  if (!Number.isSafeInteger(quorum) || quorum < 1 || governing.length < quorum) throw malformed("管理员的法定人数不对。");
  const ids = admins.map((admin) => admin.id);
  if (new Set(ids).size !== ids.length) throw malformed("同一把管理员公钥出现了两次。");
  const apply = () => {
    const leaving = keyring.admins.filter((id) => !ids.includes(id));
    for (const id of leaving) Object.assign(keyring.keys.get(id), { endedAt: index, endedWhy: "policy" });
    for (const admin of admins) {
      const known = keyring.keys.get(admin.id) ?? { enrolledAt: index, suspended: false };
      keyring.keys.set(admin.id, { ...known, ...admin });
    }
    [keyring.quorum, keyring.admins] = [quorum, ids];
  };
  return { signedBy: "govern", apply };
}

async function readAdmin(keyring, payload, admin) {
  if (!isText(admin?.public_key) || !Array.isArray(admin.capabilities)) throw malformed("管理员名单写得不对。");
  const publicKey = decodeBase64(admin.public_key);
  const id = await keyId(publicKey);
  if (!keyring.admins.includes(id)) await newKey(keyring, admin, { origin: payload.log, holder: payload.record });
  return { id, publicKey, capabilities: admin.capabilities };
}

async function logKeyRotated({ keyring, index, payload }) {
  const { log_vkey: vkey, possession } = payload.data;
  if (!isText(vkey)) throw malformed("没有写新账本公钥。");
  const key = await parseLogVkey(vkey);
  if (key.name !== payload.log) throw malformed("新账本公钥要以本账本的地址名为名。");
  const logKeys = await Promise.all(keyring.logKeys.map(([, used]) => parseVkey(used)));
  await checkUnused(keyring, key.publicKey, logKeys);
  await checkHeld(key.publicKey, possession, { origin: payload.log, holder: payload.record, line: vkey });
  return { signedBy: "govern", apply: () => keyring.logKeys.push([index, vkey]) };
}

async function enrolled({ keyring, index, payload, day }) {
  const { organisation, capabilities, expires_on: expiresOn } = payload.data;
  const key = await newKey(keyring, payload.data, { origin: payload.log, holder: organisation });
  if (!Array.isArray(capabilities) || !isDay(expiresOn) || expiresOn < day) throw malformed("密钥的权限或有效期不对。");
  if (keyring.holders.has(payload.record)) throw wrongState();
  const apply = () => {
    keyring.keys.set(key.id, { ...key, capabilities, expiresOn, enrolledAt: index, suspended: false });
    keyring.holders.set(payload.record, { organisation, id: key.id, state: "enrolled" });
  };
  return { signedBy: capabilities.some((each) => GOVERNED.includes(each)) ? "govern" : "register", apply };
}

async function replaced({ keyring, index, payload }) {
  const held = holderOf(keyring, payload, ["enrolled"]);
  const key = await newKey(keyring, payload.data, { origin: payload.log, holder: held.organisation });
  const apply = () => {
    const old = keyring.keys.get(held.id);
    keyring.keys.set(old.id, { ...old, endedAt: index, endedWhy: "replaced" });
    keyring.keys.set(key.id, { ...old, ...key, enrolledAt: index });
    keyring.holders.set(payload.record, { ...held, id: key.id });
  };
  return { signedBy: "register", apply };
}

function changed(keyring, payload, from, to, changes) {
  const held = holderOf(keyring, payload, from);
  const apply = () => {
    Object.assign(keyring.keys.get(held.id), changes);
    held.state = to;
  };
  return { signedBy: "register", apply };
}

function holderOf(keyring, payload, states) {
  const held = keyring.holders.get(payload.record);
  if (held === undefined || !states.includes(held.state)) throw wrongState();
  return held;
}

async function newKey(keyring, { public_key: line, possession }, { origin, holder }) {
  if (!isText(line)) throw malformed("没有写公钥。");
  const publicKey = decodeBase64(line);
  await checkHeld(publicKey, possession, { origin, holder, line });
  await checkUnused(keyring, publicKey);
  return { id: await keyId(publicKey), publicKey };
}

async function checkHeld(publicKey, possession, { origin, holder, line }) {
  if (!isText(possession) || !isText(holder)) throw malformed("新密钥没有持有证明。");
  await checkPossession(publicKey, decodeBase64(possession), { origin, holder, line });
}

/** A public key that was ever admitted is never admitted again. */
async function checkUnused(keyring, publicKey, logKeys = []) {
  const isUsed = keyring.keys.has(await keyId(publicKey)) || logKeys.some((key) => equal(key.publicKey, publicKey));
  if (isUsed) throw new Refusal("duplicate", "这把公钥在本账本用过，不能再次启用。");
}

const adminsIn = (data) => (Array.isArray(data.policy?.admins) ? data.policy.admins : []);

const isText = (value) => typeof value === "string";

const wrongState = () => new Refusal("wrong-state", "这把密钥现在的状态不能这样改。");
