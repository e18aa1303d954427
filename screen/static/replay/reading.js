/* What is read off a state: who waits in the list, the figures, the districts, the rate of alarms. Pure. The order and the numbers are the live pages' own. */

import { SEVERITIES } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

const MINUTE = 60_000
const DAY = 86_400_000

/**
 * The groups of the list from its top, and the states in each.
 * @type {Record<string, string>}
 */
export const GROUPS = { unacknowledged: "BD", acknowledged: "C", case: "A", shelved: "E", suppressed: "F", out_of_service: "G" }

/** Figures of the domains' own that there is room for, as on the wall. */
const OWN = 2

/** States that are annunciated: they stand on the map and in the figures. */
const SHOWN = "BCD"

/** Width of a bar under the time line (ms) from the length of a period: the first that gives at most this many. */
const BARS = 150
const WIDTHS = [1, 2, 5, 10, 30, 60, 120, 360, 720].map((minutes) => minutes * MINUTE)

/** @param {Sent.Row} alert */
const shown = (alert) => SHOWN.includes(alert.state[0])
/** @param {Sent.Row} alert */
const rank = (alert) => SEVERITIES.indexOf(alert.severity)

/** @typedef {{ severities: Set<string>, domain: string, district: string, search: string }} Filtered what a person wants to see; nothing where all */

/**
 * Worst first, then those that stand longest.
 * @param {Sent.Row} one
 * @param {Sent.Row} other
 */
export const byWorst = (one, other) => rank(one) - rank(other) || one.raised - other.raised || (one.id < other.id ? -1 : 1)

/**
 * Whether an alert is wanted by a filter: severities, domain, district, and a text that stands somewhere in it.
 * @param {Sent.Past} alert
 * @param {Filtered} filter
 */
export function wanted(alert, { severities, domain, district, search }) {
  if (severities.size && !severities.has(alert.severity)) return false
  if ((domain && alert.domain !== domain) || (district && alert.adcode !== district)) return false
  if (!search) return true
  const { title, name, subject, rule, clause, department } = alert
  const text = [...both(title), ...both(name), subject, rule, ...clause.slice(0, 2), ...both(department)].join("\n")
  return text.toLowerCase().includes(search)
}

/**
 * A text in each language that it has.
 * @param {Sent.Text} text
 */
const both = (text) => (typeof text === "string" ? [text] : [text.zh, text.en])

/**
 * The list: groups that hold something, each with its alerts in order.
 * @param {Map<string, Sent.Past>} alerts
 * @param {Filtered} filter
 */
export function grouped(alerts, filter) {
  const found = Object.keys(GROUPS).map((name) => ({ name, alerts: /** @type {Sent.Past[]} */ ([]) }))
  const place = Object.fromEntries(Object.entries(GROUPS).flatMap(([, states], n) => [...states].map((state) => [state, n])))
  for (const alert of alerts.values()) if (wanted(alert, filter)) found[place[alert.state[0]]].alerts.push(alert)
  for (const group of found) group.alerts.sort(byWorst)
  return found.filter((group) => group.alerts.length)
}

/**
 * The key figures at a moment. `raised`: the raises of the whole period, in order.
 * @param {Pick<import("./time/timeline.js").State, "alerts" | "incidents">} state
 * @param {Sent.Raise[]} raised
 * @param {number} at
 */
export function figures(state, raised, at) {
  const alerts = [...state.alerts.values()].filter(shown)
  return {
    unacknowledged: alerts.filter((alert) => alert.state[0] !== "C").length,
    red: alerts.filter((alert) => alert.severity === "red").length,
    recent: after(raised, at) - after(raised, at - 10 * MINUTE),
    stale: alerts.filter((alert) => at - alert.raised > DAY).length,
    incidents: state.incidents.size,
  }
}

/**
 * The figures of the domains' own at a moment (`screen/wall/headline.py` has those of the wall): of the chosen domain first, the others in
 * their order. `beyond`: past a bound of any severity, itself not among them.
 * @param {Pick<import("./time/timeline.js").State, "subjects" | "now">} state
 * @param {Sent.OwnFigure[]} headline
 * @param {string} chosen a domain, or nothing
 */
export function ownFigures(state, headline, chosen) {
  const ordered = [...headline.filter(({ domain }) => domain === chosen), ...headline.filter(({ domain }) => domain !== chosen)]
  return ordered.slice(0, OWN).map((figure) => {
    const value = folded(figure, state)
    const beyond = value !== null && (Object.values(figure.above).some((bound) => value > bound) || Object.values(figure.below).some((bound) => value < bound))
    return { title: figure.title, unit: figure.unit, share: figure.fold === "online", value, beyond }
  })
}

/**
 * @param {Sent.OwnFigure} figure
 * @param {Pick<import("./time/timeline.js").State, "subjects" | "now">} state
 */
function folded({ domain, kind, field, fold, within_minutes: minutes }, { subjects, now }) {
  const giving = [...subjects.values()].filter((each) => each.domain === domain && field in each.values && (!kind || each.kind === kind))
  if (fold === "online") {
    const since = (now ?? 0) - minutes * MINUTE
    return giving.length ? (100 * giving.filter(({ at }) => at >= since).length) / giving.length : null
  }
  const known = giving.map(({ values }) => number(values[field])).filter((value) => value !== null)
  return known.length ? known.reduce((one, other) => (fold === "max" ? Math.max(one, other) : one + other)) : null
}

/** @param {unknown} value */
const number = (value) => (typeof value === "number" ? value : null)

/**
 * The subjects beside which their domain shows a value, each at its place. `over`: past the limit of its domain.
 * @param {Map<string, Sent.PastSubject>} known
 * @param {Record<string, import("./time/film.js").Subject>} subjects those that have a place
 * @param {Record<string, Sent.Places>} places how each domain shows its value
 */
export function spots(known, subjects, places) {
  return [...known.values()].flatMap(({ subject, domain, values }) => {
    const [place, about] = [subjects[subject], places[domain]]
    if (!place || !about || !(about.field in values)) return []
    const [value, level] = [number(values[about.field]), values[about.level] ?? null]
    const told = value === null ? words.pick(about.none) : [words.number(value), ...(level === null ? [] : [t(`level.${level}`)])].join(" ")
    const { lon, lat, name } = place
    return { key: subject, lon, lat, value, over: value !== null && value > about.over, title: `${words.pick(name)} · ${words.pick(about.title)} ${told}` }
  })
}

/**
 * How many of the raises, which are in order, are not later than a moment.
 * @param {Sent.Raise[]} raised
 * @param {number} at
 */
export function after(raised, at) {
  let [low, high] = [0, raised.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (raised[middle][0] <= at) low = middle + 1
    else high = middle
  }
  return low
}

/** Load of a district, as on the wall: 8, 4, 2, 1 for each open alert by severity. */
const WEIGHTS = [8, 4, 2, 1]

/**
 * The districts by adcode: open alerts by severity, red ones nobody has acknowledged, load.
 * @param {Map<string, Sent.Past>} alerts
 */
export function districts(alerts) {
  const found = new Map()
  for (const alert of alerts.values()) {
    if (!shown(alert)) continue
    if (!found.has(alert.adcode)) found.set(alert.adcode, { counts: [0, 0, 0, 0], waiting: 0, load: 0 })
    const district = found.get(alert.adcode)
    district.counts[rank(alert)] += 1
    district.load += WEIGHTS[rank(alert)]
    if (alert.severity === "red" && alert.state[0] !== "C") district.waiting += 1
  }
  return found
}

/** Alerts of one subject on the map at most: the worst ones; and what stands there of each: id, glyph, column among its neighbours. */
const MARKS = 2

/**
 * @param {Map<string, Sent.Past>} alerts
 * @param {Filtered} filter
 */
export function marks(alerts, filter) {
  /** @type {Map<string, Sent.Past[]>} */
  const subjects = new Map()
  for (const alert of alerts.values()) {
    if (!shown(alert) || alert.lon === null || alert.lat === null || !wanted(alert, filter)) continue
    subjects.set(alert.subject, [...(subjects.get(alert.subject) ?? []), alert])
  }
  return [...subjects.values()].flatMap((its) => {
    const worst = its.sort(byWorst).slice(0, MARKS)
    return worst.map((alert, n) => ({ alert, column: n - (worst.length - 1) / 2 }))
  })
}

/**
 * Raises in bars: up in process, down after the fact, red part of both; `width` in ms.
 * @param {Sent.Raise[]} raised
 * @param {number} from
 * @param {number} to
 */
export function bars(raised, from, to) {
  const width = WIDTHS.find((each) => (to - from) / each <= BARS) ?? DAY
  const count = Math.max(1, Math.ceil((to - from) / width))
  const [up, down, red] = [0, 1, 2].map(() => new Array(count).fill(0))
  for (const [at, severity, phase] of raised) {
    const n = Math.floor((at - from) / width)
    if (n < 0 || n >= count) continue
    ;(phase === "post-event" ? down : up)[n] += 1
    if (severity === "red") red[n] += 1
  }
  return { width, up, down, red }
}
