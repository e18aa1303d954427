/* The time that is left, reckoned here from a clock, the log's time and the working calendar of the place. Times are milliseconds. Pure. */

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000]

/** Working days from which hours are not told any more (a choice). */
const FEW_DAYS = 3

/** @typedef {{ first: number, worked: string, sessions: [begin: number, end: number][] }} ToldCalendar */
/** @typedef {{ days: number, hours: number, minutes: number }} Length */

/** The working calendar as the server has told it; where it has told none, or beyond it, all time counts. */
export class WorkCalendar {
  /** @param {ToldCalendar} [told] */
  constructor(told = { first: 0, worked: "", sessions: [] }) {
    this.told = told
    /** Working days before each day. */
    this.before = [0]
    for (const day of told.worked) this.before.push(this.before[this.before.length - 1] + Number(day))
    this.workday = told.sessions.reduce((sum, [begin, end]) => sum + end - begin, 0)
  }

  /**
   * Whether it knows the day of a moment.
   * @param {number} at
   */
  knows(at) {
    return at >= this.told.first && at < this.told.first + this.told.worked.length * DAY
  }

  /** @param {number} at */
  elapsed(at) {
    const day = Math.floor((at - this.told.first) / DAY)
    const passed = at - this.told.first - day * DAY
    const today = this.told.worked[day] === "1" ? this.told.sessions.reduce((sum, [begin, end]) => sum + Math.max(0, Math.min(passed, end) - begin), 0) : 0
    return this.before[day] * this.workday + today
  }

  /**
   * Working time between two moments, negative where the second is earlier.
   * @param {number} start
   * @param {number} end
   */
  worked(start, end) {
    return this.workday && this.knows(start) && this.knows(end) ? this.elapsed(end) - this.elapsed(start) : end - start
  }

  /**
   * The days from that of one moment to that of another that are worked, each by its midnight.
   * @param {number} start
   * @param {number} end
   */
  days(start, end) {
    const first = Math.floor((start - this.told.first) / DAY)
    const last = Math.floor((end - this.told.first) / DAY)
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => first + n).filter((day) => this.told.worked[day] === "1").map((day) => this.told.first + day * DAY)
  }
}

/**
 * Whether a limit runs in working time alone.
 * @param {string} limit
 */
export const isWorking = (limit) => /\b(civil-|statutory-)?working-(day|hour)s?$/.test(limit)

/**
 * A length of time in the largest units that tell something: days (of work, where it is working time), hours, minutes.
 * @param {number} ms
 * @param {number} day
 * @returns {Length}
 */
export function length(ms, day) {
  const whole = Math.abs(ms)
  const days = Math.floor(whole / day)
  const rest = whole - days * day
  return { days, hours: Math.floor(rest / HOUR), minutes: Math.floor((rest % HOUR) / MINUTE) }
}

/**
 * What is left of a clock: the time, negative where its end has passed, as a length, and whether in working time.
 * @param {Sent.Clock} clock
 * @param {number} now
 * @param {WorkCalendar} calendar
 */
export function left(clock, now, calendar) {
  const due = Date.parse(clock.due)
  const working = isWorking(clock.limit) && calendar.workday > 0 && calendar.knows(now) && calendar.knows(due)
  const ms = working ? calendar.worked(now, due) : due - now
  const over = now > due
  const parts = length(ms, working ? calendar.workday : DAY)
  return { over, working, ms, ...parts, whole: parts.days >= FEW_DAYS }
}

/** @typedef {"run" | "pause" | "left" | "soon" | "over"} PartKind */
/** @typedef {[from: number, to: number, kind: PartKind]} ClockPart */

/**
 * The parts of a clock, each from one moment to another: run, not counted, left (or soon over), past its end.
 * @param {Sent.Clock} clock
 * @param {number} now
 * @returns {ClockPart[]}
 */
export function clockParts(clock, now) {
  const [start, due] = [Date.parse(clock.start), Date.parse(clock.due)]
  const stopped = clock.met ? Date.parse(clock.met) : now
  const runs = Math.max(start, Math.min(stopped, due))
  /** @type {ClockPart[]} */
  const parts = []
  let at = start
  for (const pause of clock.pauses) {
    const [begin, end] = [Math.max(at, Date.parse(pause.begin)), Math.min(runs, pause.end ? Date.parse(pause.end) : runs)]
    if (end <= begin) continue
    parts.push([at, begin, "run"], [begin, end, "pause"])
    at = end
  }
  parts.push([at, runs, "run"])
  if (stopped > due) parts.push([due, stopped, "over"])
  else if (!clock.met) parts.push([runs, due, clock.warned ? "soon" : "left"])
  return parts.filter(([from, to]) => to > from)
}

/**
 * Where moments stand between two of them, as shares, in working time where that is how it is reckoned.
 * @param {number} start
 * @param {number} end
 * @param {WorkCalendar | null} calendar
 * @returns {(at: number) => number}
 */
export function axis(start, end, calendar) {
  /** @param {number} to */
  const reach = (to) => (calendar ? calendar.worked(start, to) : to - start)
  const whole = reach(end) || 1
  return (at) => Math.max(0, Math.min(1, reach(at) / whole))
}

/**
 * Of the clocks that run the one that ends first.
 * @param {Sent.Clock[]} clocks
 */
export const pressing = (clocks) => clocks.filter((clock) => !clock.met && !clock.dropped).sort((one, other) => Date.parse(one.due) - Date.parse(other.due))[0]
