/** Checks run and put into words, one function for each thing that a reader can ask for. Each returns elements to show. */
import { isPinned } from "./head.js";
import { checkKept, checkReceipt, entryAt, findEvent } from "./held.js";
import { readLedger } from "./identity.js";
import { Unreachable } from "./log.js";
import { readEntryPage } from "./page_words.js";
import { Refusal } from "./refusal.js";
import { replayLedger } from "./replay.js";
import { NOT_COVERED, TITLES, checkEntry, checkWitnesses, run } from "./single.js";
import { element, entryLink, folded, list, note, stepList, verdict } from "./view.js";
import { counted, nth } from "./words.js";

const SHOWN = 20;
/** What the findings of a replay are about, by their code; any other code is about the entry's place in the log. */
const SIGNATURES = ["bad-signature", "unknown-key", "key-not-in-force", "missing-capability", "invalid-key", "wrong-state"];
const CHAIN = ["wrong-log", "clock-behind", "duplicate", "wrong-previous", "wrong-tree", "invalid-field"];

/** One entry by its number. `context` is {log, base, pins}; `page` what the site's page says of it, if at hand. */
export async function numberResult(context, index, page) {
  const ledger = await readLedger(context.log);
  if (index >= ledger.size) {
    return [verdict("bad", "没有这一条", `账本只有${counted(ledger.size)}条，最后一条是${nth(ledger.size - 1)}。`)];
  }
  return entryResult(context, ledger, { entry: await entryAt(ledger, index), page });
}

/** One entry by its event id. */
export async function eventResult(context, eventId) {
  const ledger = await readLedger(context.log);
  return entryResult(context, ledger, { entry: await findEvent(ledger, eventId) });
}

/** A receipt or proof, and then the entry as it stands in the ledger now. */
export async function receiptResult(context, receipt) {
  const ledger = await readLedger(context.log);
  const steps = await checkReceipt(ledger, receipt);
  const index = Number(receipt.proof.index);
  const isThere = index < ledger.size && steps.every((step) => step.state === "ok");
  const entry = isThere ? await entryAt(ledger, index) : null;
  return entry === null ? judged(context, ledger, { what: "回执", steps }) : entryResult(context, ledger, { entry, steps });
}

/** A checkpoint that somebody kept. */
export async function checkpointResult(context, bytes) {
  const ledger = await readLedger(context.log);
  return judged(context, ledger, { what: "保存的签章", steps: await checkKept(ledger, bytes) });
}

/** The whole ledger. `progress(done, total)` is told how far it is. */
export async function wholeResult(context, progress) {
  const ledger = await readLedger(context.log);
  const found = await replayLedger(ledger, progress);
  const witnessed = await run(TITLES[4], () => checkWitnesses(ledger, null, context.pins));
  const steps = [...wholeSteps(ledger, found), witnessed];
  const findings = found.findings.slice(0, SHOWN).map((finding) => findingLine(context, finding));
  const more = found.findings.length > SHOWN ? [`另有${counted(found.findings.length - SHOWN)}处，请用命令行看全部。`] : [];
  const wrong = findings.length > 0 ? [note("red", "先看这里：", list([...findings, ...more]))] : [];
  const rest = ["每一种账目由哪个岗位签署、合不合规则，这里没有核对；命令行（yangguang verify、yangguang audit）会核对。"];
  const what = `整本账，${counted(ledger.size)}条`;
  return judged(context, ledger, { what, steps, before: wrong, rest });
}

/** What was found of an entry, in five steps after those in `steps`, and what this does not cover. */
export async function entryResult(context, ledger, { entry, page, steps = [] }) {
  const said = page ?? (await readEntryPage(context.base, entry.index));
  const { witnesses, offered } = context.pins;
  const all = [...steps, ...(await checkEntry(ledger, entry, { hints: said?.hints, witnesses, offered }))];
  return judged(context, ledger, { what: nth(entry.index), steps: all, rest: NOT_COVERED });
}

/** The verdict over some steps, the steps, whose ledger it is, and what is left open. */
export async function judged(context, ledger, { what, steps, before = [], rest = [] }) {
  const open = rest.length > 0 ? [folded("这样核对没有包括什么", list(rest))] : [];
  return [headline(what, steps), ...before, stepList(steps), await identityLine(ledger, context.pins), ...open];
}

/** Whose ledger this is, as far as the reader pinned it. */
export async function identityLine(ledger, pins) {
  const pinned = await isPinned(ledger, pins);
  const prints = [ledger.identity.genesis, ledger.identity.key.vkey];
  const own = folded("看这本账的创世指纹和公钥", ...prints.map((print) => element("p", {}, element("code", {}, print))));
  if (pinned === null) {
    const sentence = "这本账前后一致，但它是不是您要找的那一本，只凭它自己说不清。请从年报或监督机构处取得创世指纹，在核对页的“锁定账本身份”里填上。";
    return element("div", {}, verdict("unknown", "身份未锁定", sentence), own);
  }
  if (pinned) return element("div", {}, verdict("ok", "身份已锁定", "它就是您指定的那一本账。"), own);
  return element("div", {}, verdict("bad", "不是您指定的账本", "它的第0条或账本公钥，与您给出的不同。请不要采信，并告诉监督机构。"), own);
}

/** A refusal or a failure in place of a result: never good, and never a verdict on the ledger where it is none. */
export function failure(error) {
  if (error instanceof Refusal) return [verdict("bad", "没有通过", error.message)];
  if (error instanceof Unreachable) return [verdict("wait", "没有核对成", error.message)];
  return [verdict("wait", "没有核对成", `核对程序出错了（${error.message}）。请改用命令行，并告诉本网站。`)];
}

function headline(what, steps) {
  const bad = steps.filter((step) => step.state === "bad").length;
  const open = steps.filter((step) => step.state === "unknown").length;
  const good = steps.length - bad - open;
  const rest = open > 0 ? `，${open}项未检查` : "";
  if (bad > 0) return verdict("bad", "不相符", `${what}：${bad}项不相符，${good}项相符${rest}。`);
  return verdict("ok", "相符", `${what}：${good}项相符${rest}。`);
}

function wholeSteps(ledger, { findings, entries, signatures, records }) {
  const signed = findings.filter((finding) => SIGNATURES.includes(finding.code));
  const chained = findings.filter((finding) => CHAIN.includes(finding.code));
  const head = findings.filter((finding) => finding.code === "bad-checkpoint");
  const placed = findings.filter((finding) => ![...signed, ...chained, ...head].includes(finding));
  return [
    wholeStep(TITLES[0], signed, `${counted(signatures)}个签名逐个验过，都由当时有效的密钥签署。`),
    wholeStep(TITLES[1], chained, `${counted(records)}件事的账目链都没有断；每个签署人当时核对过的账本，都是这一本的开头。`),
    wholeStep(TITLES[2], placed, `由${counted(entries)}条账目从头算出的总指纹，与签章里的相同。`),
    wholeStep(TITLES[3], head, `签章由账本里写明、在${counted(ledger.size)}条时有效的账本密钥签署。`),
  ];
}

function wholeStep(title, findings, sentence) {
  const bad = `${counted(findings.length)}处没有通过，第一处：${findings[0]?.sentence ?? ""}`;
  return { title, state: findings.length > 0 ? "bad" : "ok", sentence: findings.length > 0 ? bad : sentence, details: [] };
}

function findingLine(context, { index, sentence }) {
  if (index === null) return sentence;
  return element("span", {}, sentence, "请不要采信这一条，并告诉监督机构：", entryLink(context.base, index));
}
