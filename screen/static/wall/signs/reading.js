/* How a sign is read: its value in digits, its coverage, what is wrong with it, which district is worst, how much each one drags. Pure. */

import { SEVERITIES } from "../../common/marks.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"

/** Inputs up to which coverage is told as a fraction; of more as a percentage. A choice: what fits beside the age. */
const FEW = 500
/** Hours before now whose mean an arrow compares with the last one (look.md). */
const BEFORE = 3

/** @type {Record<string, string>} */
const SEAL = { 国家标准: "nation", 上级文件: "above", 本市办法: "local", 本系统自定: "own" }

/**
 * Decimals of a sign's value: an index has none, a share one, what is counted for so many two while it is small.
 * @param {string} unit
 * @param {number} value
 */
const digits = (unit, value) => (unit === "AQI" ? 0 : unit === "%" || Math.abs(value) >= 10 ? 1 : 2)

/**
 * A value with the same decimals each time, so that nothing moves when it changes; nothing is NA.
 * @param {number | null | undefined} value
 * @param {string} unit
 */
export function figure(value, unit) {
  if (value === null || value === undefined) return "NA"
  const [whole, part] = Math.abs(value).toFixed(digits(unit, value)).split(".")
  return `${value < 0 ? "−" : ""}${whole.replace(/\B(?=(\d{3})+$)/g, "\u2009")}${part ? `.${part}` : ""}`
}

/**
 * The value of a sign as the wall shows it: NA where the sign is, whatever its record has.
 * @param {Sent.SignFigure | null | undefined} found
 * @param {string} unit
 */
export const shownValue = (found, unit) => figure(stateOf(found) === "na" ? null : found?.value, unit)

/**
 * The unit beside that value: none where there is no value.
 * @param {Sent.SignFigure | null | undefined} found
 * @param {string} unit
 */
export const shownUnit = (found, unit) => (stateOf(found) === "na" ? "" : words.measure(unit))

/**
 * What is written beside a limit: the way in which it is passed.
 * @param {number} value
 * @param {Pick<Sent.SignAbout, "better" | "unit">} about
 * @param {string} [between]
 */
export const limitText = (value, { better, unit }, between = "") => `${better === "higher" ? "≤" : "≥"}${between}${figure(value, unit)}`

/**
 * A difference with its sign.
 * @param {number} value
 * @param {number} [decimals]
 */
export const signed = (value, decimals = 1) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(decimals)}`

/**
 * How much of what was due was there, in words.
 * @param {Sent.SignFigure} found
 */
export function covered({ valid, due, coverage }) {
  if (due === null) return t("signs.undue")
  if (due <= FEW || coverage === null) return `${words.number(valid, 0)}/${words.number(due, 0)}`
  return percent(coverage)
}

/**
 * A coverage as a percentage, never rounded up to a floor that was not reached.
 * @param {number} coverage
 */
export const percent = (coverage) => `${(Math.floor(1000 * coverage) / 10).toFixed(1)}%`

/**
 * The age of the newest valid input, in its largest unit.
 * @param {number | null} ms
 */
export function age(ms) {
  if (ms === null) return "—"
  if (ms < 60_000) return `${Math.max(0, Math.floor(ms / 1000))} ${t("unit.second")}`
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} ${t("unit.minute")}`
  return ms < 172_800_000 ? `${Math.floor(ms / 3_600_000)} ${t("unit.hour")}` : `${Math.floor(ms / 86_400_000)} ${t("unit.day")}`
}

/**
 * The age of a figure's newest valid input at a moment; a dash where either is unknown.
 * @param {Pick<Sent.SignFigure, "newest"> | null} found
 * @param {number | null} now
 */
export const ageOf = (found, now) => age(now === null || !found || found.newest === null ? null : now - found.newest)

/**
 * How a sign stands: as its record says, `na` also where nobody has told of it. Nothing is taken for well that is not said to be.
 * @param {Sent.SignFigure | null | undefined} found
 * @returns {Sent.SignState}
 */
export const stateOf = (found) => (found && found.value !== null ? found.state : "na")

/**
 * Whether a state is a level.
 * @param {Sent.SignState} state
 * @returns {state is Sent.Severity}
 */
export const isOut = (state) => SEVERITIES.includes(/** @type {Sent.Severity} */ (state))

/**
 * Why a sign is NA: nobody has told of it, nothing was due, too little of what was due came, or nothing was there to be counted.
 * @param {Sent.SignFigure | null | undefined} found
 * @param {number | null | undefined} floor
 * @returns {"untold" | "nothing_due" | "below_floor" | "nothing_counted"}
 */
export function whyNot(found, floor) {
  if (!found) return "untold"
  if (found.due === 0) return "nothing_due"
  return found.due !== null && floor !== null && floor !== undefined && (found.coverage ?? 0) < floor ? "below_floor" : "nothing_counted"
}

/**
 * The key of whose a sign is, and whether its text is still to be looked up; null where nothing is known of it.
 * @param {Pick<Sent.SignAbout, "provenance" | "mark"> | undefined} about
 */
export const seal = (about) => (about ? { whose: SEAL[about.provenance] ?? "own", open: about.mark === "check" || about.mark === "likely" } : null)

/** @param {Sent.SignState} state */
const rank = (state) => (isOut(state) ? SEVERITIES.indexOf(state) : SEVERITIES.length)

/**
 * The part that stands worst for a sign: by its state, then by its value; null where none has a value.
 * @param {Sent.SignPart[]} parts
 * @param {number} place of the sign
 * @param {"higher" | "lower"} better
 */
export function worst(parts, place, better) {
  const told = parts.flatMap((part) => {
    const { figure: found, alert } = part.figures[place]
    return found && found.value !== null ? [{ part, value: found.value, state: stateOf(found), alert }] : []
  })
  return told.sort((one, other) => rank(one.state) - rank(other.state) || (better === "higher" ? one.value - other.value : other.value - one.value))[0] ?? null
}

/**
 * How far a part moves the whole away from where it would be if the part were as the whole is: (its numerator - the whole's ratio × its
 * denominator) ÷ the whole's denominator, in the sign's unit. All parts together come to nothing. Null where that says nothing.
 * @param {Sent.SignFigure | null} part
 * @param {Sent.SignFigure | null} whole
 */
export function drag(part, whole) {
  if (!part || !whole || whole.value === null || !whole.numerator || !whole.denominator) return null
  const scale = (whole.value * whole.denominator) / whole.numerator
  return (scale * (part.numerator - (whole.numerator / whole.denominator) * part.denominator)) / whole.denominator
}

/**
 * The largest drag of a part for the worse, with the place of its sign; null where there is none to be seen in one decimal.
 * @param {Sent.Signs} signs
 * @param {Record<string, Sent.SignAbout>} book
 * @param {Sent.SignPart} part
 */
export function heaviest({ rows }, book, part) {
  const found = rows.flatMap(({ id, figure: whole }, place) => {
    const by = drag(part.figures[place].figure, whole)
    const away = whole?.value && by !== null ? Math.abs(by / whole.value) : 0
    return by !== null && book[id] && (book[id].better === "higher" ? by < 0 : by > 0) && Math.abs(by) >= 0.05 ? [{ place, by, away }] : []
  })
  return found.sort((one, other) => other.away - one.away)[0] ?? null
}

/**
 * How many signs stand at each level, are NA, and are within all.
 * @param {Sent.SignRow[]} rows
 */
export function counted(rows) {
  const states = rows.map(({ figure: found }) => stateOf(found))
  /** @param {Sent.SignState} state */
  const of = (state) => states.filter((each) => each === state).length
  return { levels: SEVERITIES.map(of), na: of("na"), ok: of("ok") }
}

/**
 * Which way a value goes: it less the mean of the hours before; level within a quarter of the band's width, steep beyond all of it. Without
 * a baseline the day's own range stands for the band. Null where nothing is known.
 * @param {Pick<Sent.SignFigure, "value" | "trend" | "band">} found
 * @returns {-2 | -1 | 0 | 1 | 2 | null}
 */
export function arrow({ value, trend = [], band = [] }) {
  const there = trend.filter((each) => each !== null)
  const before = trend.slice(-BEFORE).filter((each) => each !== null)
  if (value === null || !before.length) return null
  const last = band.at(-1)
  const width = last ? last[1] - last[0] : Math.max(...there) - Math.min(...there)
  const by = value - before.reduce((sum, each) => sum + each, 0) / before.length
  if (Math.abs(by) <= width / 4) return 0
  return /** @type {-2 | -1 | 1 | 2} */ (Math.sign(by) * (Math.abs(by) > width ? 2 : 1))
}

/**
 * The limits that the wall shows: the one that is reached, and the next that is not; all where there is room.
 * @param {Sent.SignLimit[]} limits the mildest first
 * @param {Sent.SignState} state
 */
export function nearest(limits, state) {
  const reached = limits.findIndex(({ severity }) => severity === state)
  return limits.slice(Math.max(reached, 0), reached + 2)
}
