/* A time of the archive: as milliseconds, as a job's parameters, as the address of the page, and as a person reads it. Pure. */

import * as words from "../../common/words.js"
import { t } from "../../common/words.js"

const [MINUTE, HOUR] = [60_000, 3_600_000]

/**
 * A day and hours of it as milliseconds; 24:00 is the end of the day. NaN where it is no day or no time.
 * @param {string} day 2026-11-24
 * @param {string} [from] hours and minutes
 * @param {string} [to]
 */
export function period(day, from = "00:00", to = "24:00") {
  const begin = Date.parse(`${day}T00:00:00+08:00`)
  /** @param {string} time */
  const at = (time) => begin + time.split(":").reduce((sum, part, n) => sum + Number(part) * [HOUR, MINUTE][n], 0)
  return { from: at(from), to: at(to) }
}

/**
 * A moment as the parameters of a job have it.
 * @param {number} ms
 */
export const stamp = (ms) => `${words.date(ms)}T${words.clock(ms)}+08:00`

/**
 * The end of a period as a time of the day on which it began.
 * @param {number} to
 * @param {number} from
 */
export const ending = (to, from) => (words.date(to) === words.date(from) ? words.minute(to) : "24:00")

/**
 * What is replayed, as the address has it: an alert, or a day with its hours where it is not whole.
 * @param {Sent.Params} params
 * @returns {Record<string, string>}
 */
export function addressed({ alert, from = "", to = "" }) {
  if (alert) return { alert }
  const [begin, end] = [Date.parse(from), Date.parse(to)]
  const [day, first, last] = [words.date(begin), words.minute(begin), ending(end, begin)]
  return first === "00:00" && last === "24:00" ? { day } : { day, from: first, to: last }
}

/**
 * The day of a moment and its month, as a report is asked by them; both empty where there is none.
 * @param {number | null} at
 */
export function dayAndMonth(at) {
  const day = at === null ? "" : words.date(at)
  return { day, month: day.slice(0, 7) }
}

/**
 * A period as a person reads it; the end of a day is 24:00. Of a report it is the day or month, or the order, that it is of.
 * @param {Sent.Params} params
 */
export function span({ from = "", to = "", alert, day, month, order }) {
  if (day || month) return day || month || ""
  if (order) return order.slice(0, 8)
  if (alert) return `${t("replay.around")} ${alert.slice(0, 8)}`
  const [begin, end] = [Date.parse(from), Date.parse(to)]
  const midnight = words.minute(end) === "00:00"
  const last = midnight ? end - 1 : end
  const until = midnight ? "24:00" : words.minute(end)
  const same = words.date(begin) === words.date(last)
  return `${words.date(begin)} ${words.minute(begin)} – ${same ? "" : `${words.date(last)} `}${until}`
}
