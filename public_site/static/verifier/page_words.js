/**
 * What the site's own page says about an entry: its sentence and its corrections in words, and where to look for the keys
 * and the entry before. The words are the site's and are shown as such; the places are hints, and are checked.
 */
const ENTRY = /\/entries\/([0-9]{1,15})$/;

/** {title, said, state, notes, hints} of the page of an entry under the site's address `base`, or null without a page. */
export async function readEntryPage(base, index) {
  try {
    const answer = await fetch(new URL(`entries/${index}`, base), { credentials: "omit" });
    if (!answer.ok) return null;
    // A parsed document runs nothing and loads nothing.
    return wordsOf(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    return null;
  }
}

/** The same of a document at hand. */
export function wordsOf(page) {
  const title = page.querySelector("main h1")?.textContent.trim();
  if (!title) return null;
  return {
    title,
    said: textOf(page.querySelector("main .said")),
    state: textOf(page.querySelector("main .said + .meta > :last-child")),
    notes: [...page.querySelectorAll("main > .note.red")].map(textOf),
    hints: { enrolledAt: indicesIn(page, ".signer a"), chain: indicesIn(page, ".chain a") },
  };
}

function indicesIn(page, selector) {
  const numbers = [...page.querySelectorAll(selector)].map((link) => ENTRY.exec(link.getAttribute("href"))?.[1]);
  return numbers.filter((number) => number !== undefined).map(Number);
}

/** A struck sentence keeps the hidden words 原为 and 更正为 that say which is which. */
const textOf = (element) => element?.textContent.replace(/\s+/g, " ").trim() ?? "";
