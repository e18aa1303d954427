/* One bar for every clock: what has run, what was not counted, what is left; yellow and red where it presses. */

import { svg } from "../common/dom.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { axis, clockParts, isWorking, left } from "./worktime.js"

/** @typedef {import("./worktime.js").WorkCalendar} WorkCalendar */

/**
 * When a clock ends, in words.
 * @param {string} text
 */
export const dueWords = (text) => words.due(Date.parse(text))

const FILL = { run: "var(--data-2)", pause: "url(#not-counted)", left: "var(--ink-1)", soon: "var(--yellow)", over: "var(--red)" }

/** The hatching of time that is not counted; once a page, in a drawing of its own. */
export function hatching() {
  const pattern = svg("pattern", { id: "not-counted", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, svg("path", { d: "M0 0V5", stroke: "var(--axis)", "stroke-width": 2.4 }))
  return svg("svg", { width: 0, height: 0, style: "position: absolute" }, svg("defs", {}, pattern))
}

/**
 * The rectangles of parts on an axis of so many pixels.
 * @param {import("./worktime.js").ClockPart[]} parts
 * @param {(at: number) => number} at
 * @param {number} wide
 * @param {number} tall
 * @param {number} [top]
 */
export const rects = (parts, at, wide, tall, top = 0) =>
  parts.map(([from, to, kind]) => svg("rect", { class: kind, x: (at(from) * wide).toFixed(1), y: top, width: Math.max(1.5, (at(to) - at(from)) * wide - 1).toFixed(1), height: tall, fill: FILL[kind] }))

/**
 * A clock as a bar of its own.
 * @param {Sent.Clock} clock
 * @param {number} now
 * @param {WorkCalendar} calendar
 * @param {number} wide
 * @param {number} tall
 */
export function bar(clock, now, calendar, wide, tall) {
  const parts = clockParts(clock, now)
  const end = parts.length ? parts[parts.length - 1][1] : Date.parse(clock.due)
  const at = axis(Date.parse(clock.start), end, isWorking(clock.limit) ? calendar : null)
  const said = leftWords(clock, now, calendar)
  return svg("svg", { width: wide, height: tall, role: "img", "aria-label": said }, svg("rect", { x: 0, y: tall - 1, width: wide, height: 1, fill: "var(--line)" }), ...rects(parts, at, wide, tall))
}

/**
 * What is left of a clock in words: `6 工作日`, `1 日 2 时`, `18 分`; before it that it is over.
 * @param {Sent.Clock} clock
 * @param {number} now
 * @param {WorkCalendar} calendar
 * @param {string} [workdays] what working days are called
 */
export function leftWords(clock, now, calendar, workdays = t("orders.working_days")) {
  if (clock.met) return t("orders.met")
  const { over, working, days, hours, minutes, whole } = left(clock, now, calendar)
  /** @type {[number, string][]} */
  const parts = whole ? [[days, working ? workdays : t("unit.day")]] : days ? [[days, t("unit.day")], [hours, t("unit.hour")]] : hours ? [[hours, t("unit.hour")], [minutes, t("unit.minute")]] : [[minutes, t("unit.minute")]]
  const length = parts.filter(([number], n) => number || n === 0).map(([number, unit]) => `${number} ${unit}`).join(" ")
  return over ? `${t("orders.over")} ${length}` : length
}

/**
 * The words of a limit as the calendar writes it: `15 civil-working-days`.
 * @param {string} limit
 */
export function limitWords(limit) {
  const [number, unit = ""] = limit.split(" ")
  const kind = unit.replace(/([^s])$/, "$1s")
  return `${number} ${words.word(`limit_unit.${words.key(kind)}`) || unit}`
}

/**
 * What a clock is called, by its kind; how sure its number is, where that is less than read.
 * @param {Pick<Sent.Clock, "name">} clock
 * @param {Record<string, Sent.Text> | undefined} names
 */
export const clockName = (clock, names) => words.pick(names?.[clock.name]) || t(`order_clock.${words.key(clock.name)}`)

/**
 * The mark of a clock's number.
 * @param {Pick<Sent.Clock, "mark">} clock
 */
export const sure = (clock) => t(`order_mark.${clock.mark}`)

/**
 * Yellow near its end, red past it, nothing before.
 * @param {Sent.Clock} clock
 * @param {number} now
 * @returns {"red" | "yellow" | null}
 */
export const alarm = (clock, now) => (clock.met ? null : clock.late || now > Date.parse(clock.due) ? "red" : clock.warned ? "yellow" : null)
