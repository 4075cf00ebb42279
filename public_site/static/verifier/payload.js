/**
 * The payload: what a person signs, canonical JSON with exactly these fields.
 *
 *     {"data":{…},"log":"ledger.example/sanpai","occurred_on":"2023-05-14","previous":null,"record":"donation/0188…",
 *      "schema":1,"tree":{"root":"47DE…","size":41},"type":"donation.received","version":1,"withdrawable":["…"]}
 */
import { decodeBase64 } from "./base64.js";
import { checkStrings, hasExactly, isObject, parseCanonical } from "./canonical.js";
import { checkDigestList } from "./disclosure.js";
import { malformed } from "./refusal.js";

const MAX_PAYLOAD = 32 * 1024;
const REQUIRED = ["log", "type", "schema", "record", "version", "previous", "tree", "occurred_on", "data"];
const OPTIONAL = ["sealed", "withdrawable"];
const TYPE = /^[a-z]+\.[a-z_]+$/;
const RECORD = /^([a-z]+)\/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const EVENT_ID = /^[0-9a-f]{64}$/;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/** The fields as they stand, with `treeSize`, `treeRoot` (32 bytes), `kind`, and the lists, empty where absent. */
export function parsePayload(bytes) {
  const value = parseCanonical(bytes, MAX_PAYLOAD);
  if (!isObject(value)) throw malformed("签署的内容应是一个JSON对象。");
  checkStrings(value);
  const names = Object.keys(value).filter((name) => !OPTIONAL.includes(name));
  if (!hasExactly(Object.fromEntries(names.map((name) => [name, 0])), REQUIRED)) throw wrong("字段");
  checkTexts(value);
  for (const [name, least] of [["schema", 1], ["version", 1]]) checkInteger(value[name], least, name);
  if (value.previous !== null && !matches(value.previous, EVENT_ID)) throw wrong("previous");
  if (!isObject(value.data)) throw wrong("data");
  return {
    ...value,
    kind: value.record.split("/")[0],
    treeSize: value.tree.size,
    treeRoot: treeRoot(value.tree),
    sealed: digests(value, "sealed"),
    withdrawable: digests(value, "withdrawable"),
  };
}

/** Whether a text is a day that there is, written like 2023-05-14. */
export function isDay(text) {
  if (typeof text !== "string" || !DAY.test(text) || text.startsWith("0000")) return false;
  const moment = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text);
}

function checkTexts(value) {
  if (typeof value.log !== "string" || value.log === "") throw wrong("log");
  if (!matches(value.type, TYPE)) throw wrong("type");
  const [kind] = value.type.split(".");
  if (!matches(value.record, RECORD) || RECORD.exec(value.record)[1] !== kind) throw wrong("record");
  if (!isDay(value.occurred_on)) throw wrong("occurred_on");
}

function treeRoot(tree) {
  if (!hasExactly(tree, ["size", "root"]) || typeof tree.root !== "string") throw wrong("tree");
  checkInteger(tree.size, 0, "tree/size");
  const root = decodeBase64(tree.root);
  if (root.length !== 32) throw wrong("tree/root");
  return root;
}

function digests(value, name) {
  if (!Object.hasOwn(value, name)) return [];
  if (!Array.isArray(value[name]) || value[name].length === 0) throw wrong(name);
  checkDigestList(value[name]);
  return value[name];
}

function checkInteger(value, least, name) {
  if (!Number.isSafeInteger(value) || value < least) throw wrong(name);
}

const matches = (value, pattern) => typeof value === "string" && pattern.test(value);

const wrong = (name) => malformed(`签署的内容里“${name}”不对。`);
