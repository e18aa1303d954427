/* Other duties as a person writes them in the form, as the job worker is asked for them; faults name the row. Pure. */

/** @typedef {{ kind: string, clock: string, limit: string }} LimitWritten */
/** @typedef {{ topic: string, main: string }} RouteWritten */
/** @typedef {{ unit: string, now: string, then: string }} StaffWritten */
/** @typedef {{ from: string, to: string, limits: LimitWritten[], off: string, work: string, hours: string, routes: RouteWritten[], staff: StaffWritten[] }} DutiesWritten */

const DAY = /^\d{4}-\d{2}-\d{2}$/
const WHOLE = /^[1-9]\d{0,2}$/
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/

/** Midnight of a day in China Standard Time, as RFC 3339. @param {string} day */
const begin = (day) => `${day}T00:00:00+08:00`

/**
 * The day after a day.
 * @param {string} day
 */
export const dayAfter = (day) => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)

/**
 * Words between commas or blanks.
 * @param {string} text
 */
const parts = (text) => text.split(/[\s,，、;；]+/).filter(Boolean)

/** What is wrong with what was written, as the key of the sentence that says it. */
class WrittenError extends Error {}

/**
 * @param {boolean} wrong
 * @param {string} key
 */
function refuse(wrong, key) {
  if (wrong) throw new WrittenError(key)
}

/** @param {LimitWritten[]} written */
function limitsOf(written) {
  const given = written.filter(({ limit }) => limit.trim())
  refuse(given.some(({ kind, clock }) => !kind || !clock), "duties_limit")
  return given.length ? { limit: given.map(({ kind, clock, limit }) => ({ kind, clock, limit: limit.trim() })) } : {}
}

/** @param {Pick<DutiesWritten, "off" | "work" | "hours">} written */
function calendarOf(written) {
  const [off, work, hours] = [written.off, written.work, written.hours].map(parts)
  refuse(![...off, ...work].every((each) => DAY.test(each)), "duties_days")
  refuse(hours.length > 0 && (hours.length !== 4 || !hours.every((each) => TIME.test(each))), "duties_hours_wrong")
  if (!off.length && !work.length && !hours.length) return {}
  return { calendar: { off, work, ...(hours.length ? { hours: hours.map((each) => `${each}:00`) } : {}) } }
}

/** @param {RouteWritten[]} written */
function routesOf(written) {
  const given = written.filter(({ topic, main }) => topic.trim() || main)
  refuse(given.some(({ topic, main }) => !topic.trim() || !main), "duties_route")
  return given.length ? { route: given.map(({ topic, main }) => ({ topic: parts(topic), main, basis: "试算" })) } : {}
}

/** @param {StaffWritten[]} written */
function staffOf(written) {
  const given = written.filter(({ unit, now, then }) => unit || now.trim() || then.trim())
  refuse(given.some(({ unit, now, then }) => !unit || !WHOLE.test(now.trim()) || !WHOLE.test(then.trim())), "duties_staff")
  return given.length ? { staff: given.map(({ unit, now, then }) => ({ unit, now: Number(now), then: Number(then) })) } : {}
}

/**
 * The parameters of the job; or `wrong`, the key of the sentence that says what is wrong.
 * @param {DutiesWritten} written
 * @returns {{ params: Sent.Params, wrong?: undefined } | { wrong: string, params?: undefined }}
 */
export function dutiesParams({ from, to, limits, off, work, hours, routes, staff }) {
  try {
    refuse(!DAY.test(from) || !DAY.test(to) || from > to, "duties_period")
    const duties = { ...limitsOf(limits), ...calendarOf({ off, work, hours }), ...routesOf(routes), ...staffOf(staff) }
    refuse(!Object.keys(duties).length, "duties_nothing")
    return { params: { from: begin(from), to: begin(dayAfter(to)), duties } }
  } catch (error) {
    if (error instanceof WrittenError) return { wrong: error.message }
    throw error
  }
}
