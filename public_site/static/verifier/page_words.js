/**
 * What the site's own page says about an entry: its sentence and its corrections in words, and where to look for the keys
 * and the entry before. The words are the site's and are shown as such; the places are hints, and are checked.
 */
const ENTRY = /\/entries\/([0-9]{1,15})$/;

/** {title, said, notes, record, hints} of the page of an entry under the site's address `base`, or null without a page. */
export async function readEntryPage(base, index) {
  const page = await readPage(new URL(`entries/${index}`, base));
  return page && wordsOf(page);
}

/** The state, in a word, on the page of a record, as it is now; "" where there is no such page. */
export async function readState(href) {
  const page = href && (await readPage(new URL(href, window.location.href)));
  return page ? textOf(page.querySelector("main .badge")) : "";
}

/** The same of a document at hand. */
export function wordsOf(page) {
  const title = page.querySelector("main h1")?.textContent.trim();
  if (!title) return null;
  return {
    title,
    said: textOf(page.querySelector("main .said")),
    notes: [...page.querySelectorAll("main > .note.red")].map(textOf),
    record: page.querySelector("main .facts a")?.getAttribute("href") ?? null,
    hints: { enrolledAt: indicesIn(page, ".signer a"), chain: indicesIn(page, ".chain a") },
  };
}

/** The vkeys of the witnesses that the site lists: its own word, until the reader has compared them. */
export const offeredWitnesses = (page) =>
  [...(page.getElementById("witnesses")?.content.querySelectorAll("data") ?? [])].map((each) => each.value);

async function readPage(address) {
  try {
    const answer = await fetch(address, { credentials: "omit" });
    // A parsed document runs nothing and loads nothing.
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  } catch {
    return null;
  }
}

function indicesIn(page, selector) {
  const numbers = [...page.querySelectorAll(selector)].map((link) => ENTRY.exec(link.getAttribute("href"))?.[1]);
  return numbers.filter((number) => number !== undefined).map(Number);
}

/** A struck sentence keeps the hidden words 原为 and 更正为 that say which is which. */
const textOf = (element) => element?.textContent.replace(/\s+/g, " ").trim() ?? "";
