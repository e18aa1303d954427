/* Words, numbers and times as a person reads them. Times are milliseconds; the city's time is UTC+08:00 all year. */

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const EAST = 8 * HOUR

/** @type {Record<string, unknown>} */
let words = {}
/** @type {Record<string, string>} */
let names = {}
/** @type {"zh" | "en"} */
export let language = "zh"

/** Take the words from the server, with the names of accounts where the log has none, and the language from the address. */
export async function load() {
  language = new URLSearchParams(location.search).get("lang") === "en" ? "en" : "zh"
  const told = await (await fetch("/screen/texts")).json()
  words = told[language]
  names = told.names ?? {}
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en"
}

/** Show the other language: the address keeps it. */
export function otherLanguage() {
  const address = new URL(location.href)
  address.searchParams.set("lang", language === "zh" ? "en" : "zh")
  location.assign(address)
}

/**
 * @param {string} key
 * @returns {any}
 */
const found = (key) => key.split(".").reduce((/** @type {any} */ table, part) => (table && Object.hasOwn(table, part) ? table[part] : undefined), words)

/**
 * The words of a key, `item.o3`; nothing where there are none.
 * @param {string} key
 * @returns {string}
 */
export const word = (key) => found(key) ?? ""

/**
 * The words of a key, `panel.map`; the last part of the key where there are none. Of a few keys there are several.
 * @type {{ (key: "act.reasons" | "unit.weekdays"): string[], (key: string): string }}
 */
export const t = (key) => found(key) ?? key.slice(key.indexOf(".") + 1)

/**
 * The last part of the key of an act's or an entry's words.
 * @param {string} name
 */
export const key = (name) => name.replaceAll("-", "_")

/**
 * A text or name in both languages, in this one; English falls back on Chinese, which every register has. What has one wording stays.
 * @param {Sent.Text | null | undefined} text
 * @returns {string}
 */
export const pick = (text) => (typeof text === "string" ? text : text ? text[language] || text.zh : "")

/**
 * A text of a person; one that is sealed is said to be so, its reference says nothing.
 * @param {Sent.Words} text
 * @returns {string}
 */
export const written = (text) => (typeof text === "string" ? text : t("sealed"))

/**
 * Who acts: by name, where the log has none by that of the account now, or by the account; by role and number where the account is made of these.
 * @param {Sent.Actor} actor
 */
export const who = ({ id, name }) => name || (Object.hasOwn(names, id) && names[id]) || posted(id) || id

/**
 * A post, as accounts without a person's name are called by body, role and number: `sim.zz-ee-410182.clerk.1`; nothing of any other.
 * @param {string} id
 */
function posted(id) {
  const [, role, nth] = /\.([a-z]+)\.(\d+|duty)$/.exec(id) ?? []
  const said = role ? word(`role.${role}`) : ""
  return said && `${said} ${nth === "duty" ? t("on_duty") : nth}`
}

/**
 * Who acts, and for whom: of a chain of substitutes (`a>b`) all, as in 王 代 李 代 赵.
 * @param {{ actor: Sent.Actor | null, behalf?: string }} of
 */
export const whom = ({ actor, behalf = "" }) => [actor ? who(actor) : t("desk.system"), ...behalf.split(">").filter(Boolean).map((id) => who({ id, role: "" }))].join(t("orders.for"))

/**
 * A unit as a person writes it: yuan is 元 in Chinese.
 * @param {string} unit
 */
export const measure = (unit) => word(`measure.${unit}`) || unit

/**
 * How to write a number, by its decimals at most: to make one takes fifty times as long as to use it.
 * @type {Map<number, Intl.NumberFormat>}
 */
const formats = new Map()

/**
 * A number with at most `digits` decimals, thousands apart.
 * @param {number} value
 * @param {number} [digits]
 */
export function number(value, digits = 1) {
  const format = formats.get(digits) ?? new Intl.NumberFormat("en", { maximumFractionDigits: digits })
  formats.set(digits, format)
  return format.format(value).replaceAll(",", "\u2009")
}

/**
 * The ends of a digest: 9f86 d081 … 0a08.
 * @param {string} hash
 */
export const digest = (hash) => `${hash.slice(0, 4)} ${hash.slice(4, 8)} … ${hash.slice(-4)}`

/**
 * Two largest units of a duration: 3 d 6 h, 1 h 29 min, 34 min.
 * @param {number} ms
 */
export function duration(ms) {
  const [minutes, hours, days] = [Math.floor(ms / MINUTE) % 60, Math.floor(ms / HOUR) % 24, Math.floor(ms / DAY)]
  if (days) return `${days} ${t("unit.day")} ${hours} ${t("unit.hour")}`
  if (hours) return `${hours} ${t("unit.hour")} ${minutes} ${t("unit.minute")}`
  return `${minutes} ${t("unit.minute")}`
}

/** @param {number} ms */
const local = (ms) => new Date(ms + EAST).toISOString()

/**
 * 14:32:08
 * @param {number} ms
 */
export const clock = (ms) => local(ms).slice(11, 19)

/**
 * 14:32
 * @param {number} ms
 */
export const minute = (ms) => local(ms).slice(11, 16)

/**
 * 2026-11-24
 * @param {number} ms
 */
export const date = (ms) => local(ms).slice(0, 10)

/**
 * 11-24 14:32
 * @param {number} ms
 */
export const moment = (ms) => `${local(ms).slice(5, 10)} ${minute(ms)}`

/**
 * When something is due: a day's end is said as its 24:00 (民法典 203), not as the next day.
 * @param {number} ms
 */
export const due = (ms) => (minute(ms) === "00:00" ? `${moment(ms - 1).slice(0, 5)} 24:00` : moment(ms))

/**
 * The day of the week.
 * @param {number} ms
 * @returns {string}
 */
export const weekday = (ms) => t("unit.weekdays")[new Date(ms + EAST).getUTCDay()]

/**
 * 04:37, or 1:04:37
 * @param {number} ms
 */
export function counter(ms) {
  const [hours, minutes, seconds] = [Math.floor(ms / HOUR), Math.floor(ms / MINUTE) % 60, Math.floor(ms / SECOND) % 60]
  /** @param {number} value */
  const two = (value) => String(value).padStart(2, "0")
  return `${hours ? `${hours}:` : ""}${two(minutes)}:${two(seconds)}`
}
