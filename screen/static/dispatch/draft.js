/* What a person has changed of a draft, and whether it may go. Pure but for the drafts that this browser keeps. */

/** @typedef {{ unit: string, part: string, limit: string }} Wanted */
/** @typedef {{ receivers: Wanted[] | null, title: string | null, text: { name: string, words: string }[] | null, verdict: string, urgent: boolean | null, reason: string, cause: string }} Changes */

const PLACE = "onescreen-drafts"

/** Drafts that are kept, the newest. */
const MOST = 20

/** A draft that nobody has changed. @returns {Changes} */
export const unchanged = () => ({ receivers: null, title: null, text: null, verdict: "", urgent: null, reason: "", cause: "" })

/**
 * What the server is asked with: the alert, the press to come, and what was changed.
 * @param {string} alert
 * @param {string} key
 * @param {Changes} changes
 */
export function question(alert, key, { receivers, title, text, verdict, urgent, cause }) {
  return { alert, key, verdict, ...(receivers ? { receivers } : {}), ...(title === null ? {} : { title }), ...(text ? { text } : {}), ...(urgent === null ? {} : { urgent }), ...(cause ? { cause } : {}) }
}

/**
 * The receivers as they stand, to be changed by a person.
 * @param {Sent.Sheet} sheet
 * @returns {Wanted[]}
 */
export const standing = (sheet) => sheet.receivers.candidates.map(({ unit, part, limit }) => ({ unit, part, limit }))

/**
 * The receivers after a change of one: another part, another limit, or null to leave it out. Who becomes the main one makes the other support.
 * @param {Wanted[]} there
 * @param {string} unit
 * @param {Partial<Wanted> | null} change
 * @returns {Wanted[]}
 */
export function changed(there, unit, change) {
  if (!change) return there.filter((each) => each.unit !== unit)
  const known = there.some((each) => each.unit === unit)
  const all = known ? there : [...there, { unit, part: "support", limit: "" }]
  return all.map((each) => {
    if (each.unit === unit) return { ...each, ...change }
    return change.part === "main" && each.part === "main" ? { ...each, part: "support" } : each
  })
}

/**
 * What stands in the way of a press: the checks that stop it, those for which a reason is asked, and whether there is one.
 * @param {Sent.Sheet} sheet
 * @param {string} reason
 */
export function hindered(sheet, reason) {
  const stops = sheet.checks.filter(({ state }) => state === "stop").map(({ name }) => name)
  const asks = sheet.checks.filter(({ state }) => state === "ask").map(({ name }) => name)
  return { stops, asks, why: asks.length > 0 && !reason.trim() }
}

/**
 * The order as it is sent.
 * @param {Sent.Sheet} sheet
 * @param {string} reason
 */
export function issue(sheet, reason) {
  const { order, title, text, paper, urgent, verdict, fields } = sheet
  return { ...fields, order, title, text, paper, urgent, verdict, receivers: standing(sheet), reason: reason.trim() }
}

/**
 * The pieces of a text, each with whether it is a word by which it accuses nobody.
 * @param {string} text
 * @returns {{ words: string, hedge: boolean }[]}
 */
export const pieces = (text) => text.split(/(疑似)/).filter(Boolean).map((words) => ({ words, hedge: words === "疑似" }))

/**
 * The drafts that a store keeps, by alert and occurrence.
 * @param {Storage} store
 * @returns {Record<string, Changes>}
 */
function kept(store) {
  try {
    return JSON.parse(store.getItem(PLACE) ?? "{}")
  } catch {
    return {}
  }
}

/**
 * Keep a draft in this browser; null lets it go.
 * @param {Storage} store
 * @param {string} name
 * @param {Changes | null} changes
 */
export function keep(store, name, changes) {
  const all = Object.entries(kept(store)).filter(([known]) => known !== name)
  if (changes) all.push([name, changes])
  store.setItem(PLACE, JSON.stringify(Object.fromEntries(all.slice(-MOST))))
}

/**
 * The draft that was kept, or one that nobody has changed.
 * @param {Storage} store
 * @param {string} name
 * @returns {{ changes: Changes, found: boolean }}
 */
export function taken(store, name) {
  const found = kept(store)[name]
  return { changes: { ...unchanged(), ...found }, found: Boolean(found) }
}
