/* Words, numbers and times as a person reads them. Times are milliseconds; the city's time is UTC+08:00 all year. */

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const EAST = 8 * HOUR

let words = {}
export let language = "zh"

/** Take the words from the server and the language from the address. */
export async function load() {
  language = new URLSearchParams(location.search).get("lang") === "en" ? "en" : "zh"
  words = (await (await fetch("/screen/texts")).json())[language]
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en"
}

/** Show the other language: the address keeps it. */
export function otherLanguage() {
  const address = new URL(location.href)
  address.searchParams.set("lang", language === "zh" ? "en" : "zh")
  location.assign(address)
}

const found = (key) => key.split(".").reduce((table, part) => (table && Object.hasOwn(table, part) ? table[part] : undefined), words)

/** The words of a key, `item.o3`; nothing where there are none. */
export const word = (key) => found(key) ?? ""

/** The words of a key, `panel.map`; the last part of the key where there are none. */
export const t = (key) => found(key) ?? key.slice(key.indexOf(".") + 1)

/** The last part of the key of an act's or an entry's words. */
export const key = (name) => name.replaceAll("-", "_")

/** A text or name in both languages, in this one; English falls back on Chinese, which every register has. What has one wording stays. */
export const pick = (text) => (typeof text === "string" ? text : text ? text[language] || text.zh : "")

/** A unit as a person writes it: yuan is 元 in Chinese. */
export const measure = (unit) => word(`measure.${unit}`) || unit

/** How to write a number, by its decimals at most: to make one takes fifty times as long as to use it. */
const formats = new Map()

/** A number with at most `digits` decimals, thousands apart. */
export function number(value, digits = 1) {
  if (!formats.has(digits)) formats.set(digits, new Intl.NumberFormat("en", { maximumFractionDigits: digits }))
  return formats.get(digits).format(value).replaceAll(",", "\u2009")
}

/** Two largest units of a duration: 3 d 6 h, 1 h 29 min, 34 min. */
export function duration(ms) {
  const [minutes, hours, days] = [Math.floor(ms / MINUTE) % 60, Math.floor(ms / HOUR) % 24, Math.floor(ms / DAY)]
  if (days) return `${days} ${t("unit.day")} ${hours} ${t("unit.hour")}`
  if (hours) return `${hours} ${t("unit.hour")} ${minutes} ${t("unit.minute")}`
  return `${minutes} ${t("unit.minute")}`
}

const local = (ms) => new Date(ms + EAST).toISOString()

/** 14:32:08 */
export const clock = (ms) => local(ms).slice(11, 19)

/** 14:32 */
export const minute = (ms) => local(ms).slice(11, 16)

/** 2026-11-24 */
export const date = (ms) => local(ms).slice(0, 10)

/** 11-24 14:32 */
export const moment = (ms) => `${local(ms).slice(5, 10)} ${minute(ms)}`

/** The day of the week. */
export const weekday = (ms) => t("unit.weekdays")[new Date(ms + EAST).getUTCDay()]

/** 04:37, or 1:04:37 */
export function counter(ms) {
  const [hours, minutes, seconds] = [Math.floor(ms / HOUR), Math.floor(ms / MINUTE) % 60, Math.floor(ms / SECOND) % 60]
  const two = (value) => String(value).padStart(2, "0")
  return `${hours ? `${hours}:` : ""}${two(minutes)}:${two(seconds)}`
}
