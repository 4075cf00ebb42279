/** A slip, checked and put into words for the person who holds it. What it says is shown here and sent nowhere. */
import { readLedger } from "./identity.js";
import { readEntryPage, readState } from "./page_words.js";
import { entryResult } from "./results.js";
import { changesSince, openSlip } from "./slip.js";
import { element, entryLink, factList, folded, list, note, verdict } from "./view.js";
import { counted, dayInWords, momentInWords, nth } from "./words.js";

const UNDOING = ["corrected", "voided", "revoked", "reversed", "cancelled", "withdrawn", "returned", "defect_found"];

/** The elements for a slip {eventId, disclosure, hint}; `labels` says what types and fields are called. */
export async function slipResult(context, slip, labels) {
  const ledger = await readLedger(context.log);
  const { entry, row } = await openSlip(ledger, slip);
  const page = await readEntryPage(context.base, entry.index);
  const checks = await entryResult(context, ledger, { entry, page });
  const stateNow = await readState(page?.record);
  const isGood = checks[0].querySelector(".badge.ok") !== null;
  const [state, word] = isGood ? ["ok", "凭条是真的"] : ["bad", "不能采信"];
  const sentence = isGood
    ? `凭条上的内容由${nth(entry.index)}封存，一个字也没有改过。`
    : `凭条上的内容与${nth(entry.index)}相符，但这一条本身没有通过核对，看下面红色的一项。`;
  return [
    verdict(state, word, sentence),
    ...(await changes(context, ledger, { entry, page, labels })),
    element("h3", {}, "这是哪一件事"),
    factList(whatHappened(context, entry, { page, stateNow, labels })),
    element("h3", {}, "凭条上写的"),
    element("p", { class: "meta" }, "只在您的设备上显示，没有发送给任何人。看完请关闭这一页；网址里的内容可能留在浏览记录里，用无痕窗口可以避免。"),
    factList(contentOf(entry, row, labels)),
    element("h3", {}, "怎样知道是真的"),
    ...checks,
  ];
}

function whatHappened({ base }, { index, payload, recordedAt }, { page, stateNow, labels }) {
  const said = page?.said ? [["网页上的说法", page.said]] : [];
  const state = stateNow ? [["网页上的状态", stateNow]] : [];
  return [
    ["账目", element("span", {}, entryLink(base, index), `，${labels.of(payload.type)}`)],
    ["事情发生", dayInWords(payload.occurred_on)],
    ["记入账本", momentInWords(recordedAt)],
    ...said,
    ...state,
    ["签署的原文", folded("展开", element("pre", {}, element("code", {}, JSON.stringify(payload.data, null, 1))))],
  ];
}

function contentOf({ payload }, { kind, name, value }, labels) {
  const fields = kind === "row" || isPlainObject(value) ? Object.entries(value) : [[name, value]];
  const shown = fields.filter(([field]) => field !== "vault_key");
  return shown.map(([field, content]) => {
    const name = `${payload.type}/${field}`;
    const inWords = (item) => (typeof item === "string" ? labels.of(`${name}=${item}`, item) : JSON.stringify(item));
    return [labels.of(name, field), (Array.isArray(content) ? content : [content]).map(inWords).join("、")];
  });
}

/** What happened to the same matter afterwards: by the entries themselves, and by what the page says. */
async function changes(context, ledger, { entry, page, labels }) {
  const later = await changesSince(ledger, entry);
  const undone = (later ?? []).filter(({ payload }) => UNDOING.includes(payload.type.split(".")[1]));
  const lines = undone.map(({ index, payload }) => changeLine(context, { index, payload, entry, labels }));
  const said = (page?.notes ?? []).map((text) => `网页上写着：${text}`);
  const found = [...lines, ...said];
  const unread = "后来的账目太多，没有逐条读；这件事后来有没有更正或撤销，请看这一条的网页。";
  if (later === null) return [...(said.length > 0 ? [note("red", "请注意：", list(said))] : []), note("amber", "未检查：", unread)];
  if (found.length > 0) return [note("red", "请注意，这件事后来有变动：", list(found))];
  const rest = later.length > 0 ? `这件事后来还有${counted(later.length)}条账目，没有更正、作废或撤销。` : "到现在没有更正、作废或撤销。";
  return [element("p", { class: "meta" }, rest)];
}

function changeLine({ base }, { index, payload, entry, labels }) {
  const same = payload.data.event === entry.eventId ? "，改的就是凭条所在的这一条" : "";
  return element("span", {}, entryLink(base, index), `：${labels.of(payload.type)}${same}（${dayInWords(payload.occurred_on)}）`);
}

const isPlainObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
