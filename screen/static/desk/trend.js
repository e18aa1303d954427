/* What the subject sent around the alert: a line with its limit, the judged values, the steps of the alert, and the band of its states. */

import { el, fill, head, say, svg } from "../common/dom.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { bounds, since, ticks, within } from "./scale.js"

const [HIGH, FLAT, LEFT, TOP, BAND] = [178, 8, 44, 30, 22]
const [MINUTE, HOUR] = [60_000, 3_600_000]
const STEPS = [5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 48 * HOUR, 168 * HOUR]
/** Steps of an alert that are marked, and the room (pixels) that the words of one take beside the next. */
const MARKED = ["raise", "re-alarm", "severity", "escalate", "acknowledge", "clear", "shelve", "suppress", "remove-from-service", "conclude"]
const APART = 84

/** @typedef {import("./scale.js").Reading} Reading */
/** @typedef {{ field: string, points: Reading[], judged: boolean, records: number, ended_early: boolean }} Found */
/** @typedef {{ wide: number, tall: number, x: (at: number) => number, y: (value: number) => number, ticks: number[], step: number }} Scale */
/** @typedef {Scale & { alert: Sent.Alert, trail: Sent.Entry[], shown: Reading[], judged: Reading[], limited: boolean, begin: number, end: number }} Picture */

export class Trend {
  /** @type {Found | string | null} */
  found = null
  /** @type {string | null} */
  drawn

  constructor() {
    this.head = head(t("desk.trend"))
    this.chart = el("div", "chart")
    this.note = el("p", "note")
    this.node = el("section", "panel trend", this.head.node, this.chart, this.note)
    this.node.ariaLabel = t("desk.trend")
    this.resized = new ResizeObserver(() => { this.drawn = null })
    this.resized.observe(this.chart)
  }

  /**
   * `found`: the server's answer about the readings, an error's key, or null while it is read.
   * @param {Found | string | null} found
   */
  read(found) {
    this.found = found
    this.drawn = null
  }

  /**
   * @param {{ alert: Sent.Alert, trail: Sent.Entry[] }} told
   * @param {number | null} now
   */
  show({ alert, trail }, now) {
    const key = `${alert.id} ${alert.rev} ${trail.at(-1)?.n} ${Math.floor((now ?? 0) / 10_000)} ${this.chart.clientWidth}`
    if (key === this.drawn || !this.chart.clientWidth) return
    this.drawn = key
    const found = typeof this.found === "string" ? null : this.found
    const end = now ?? Date.parse(alert.changed_at)
    const opened = Date.parse(alert.opened_at)
    const points = found?.points.filter(([at]) => at <= end) ?? []
    const judged = alert.evidence.flatMap(({ at, value }) => (value === null ? [] : [/** @type {Reading} */ ([Date.parse(at), value])]))
    const begin = since(points, opened, end)
    const shown = points.filter(([at]) => at >= begin)
    const limited = alert.limit !== null && (!shown.length || found?.judged || within(alert.value, shown))
    const scale = this.scale(begin, end, shown, judged.filter(([at]) => at >= begin), limited ? alert.limit : null)
    fill(this.chart, this.draw({ alert, trail, shown, judged, limited, begin, end, ...scale }))
    this.say(alert, found, shown, limited, begin, end)
  }

  /**
   * @param {Sent.Alert} alert
   * @param {Found | null} found
   * @param {Reading[]} shown
   * @param {boolean} limited
   * @param {number} begin
   * @param {number} end
   */
  say(alert, found, shown, limited, begin, end) {
    const sameDay = words.date(begin) === words.date(end)
    say(this.head.small, [words.measure(alert.unit), `${sameDay ? words.minute(begin) : words.moment(begin)} – ${sameDay ? words.minute(end) : words.moment(end)}`].filter(Boolean).join(" · "))
    const read = found ? [called(found.field), `${t("desk.readings_read")} ${words.number(found.records)}`, found.ended_early ? t("desk.readings_early") : ""] : []
    say(this.head.end, read.filter(Boolean).join(" · "))
    const why = this.found === null ? "loading" : typeof this.found === "string" ? this.found : !found?.field ? "no_series" : !shown.length ? "no_readings" : limited || alert.limit === null ? "" : "other_measure"
    say(this.note, why ? t(`desk.${why}`) : "")
    this.note.hidden = !why
  }

  /**
   * @param {number} begin
   * @param {number} end
   * @param {Reading[]} points
   * @param {Reading[]} judged
   * @param {number | null} limit
   */
  scale(begin, end, points, judged, limit) {
    const wide = this.chart.clientWidth
    const values = [...points, ...judged].map(([, value]) => value).concat(limit === null ? [] : [limit])
    const tall = values.length && (points.length || judged.length) ? HIGH : FLAT // without a number only the band is drawn
    const { low, high, step } = bounds(values)
    /** @param {number} at */
    const x = (at) => LEFT + ((at - begin) / Math.max(1, end - begin)) * (wide - LEFT - 6)
    /** @param {number} value */
    const y = (value) => TOP + tall - ((value - low) / (high - low)) * tall
    return { wide, tall, x, y, ticks: ticks({ low, high, step }), step }
  }

  /** @param {Picture} picture */
  draw(picture) {
    const { wide, tall, x, begin, end } = picture
    const drawing = svg("svg", { width: wide, height: TOP + tall + BAND + 31, role: "img" })
    drawing.setAttribute("aria-label", t("desk.trend"))
    const grid = picture.shown.length || picture.judged.length ? this.grid(picture) : []
    drawing.append(...grid, ...this.line(picture), ...this.steps(picture), ...this.band(picture))
    const every = STEPS.find((step) => (end - begin) / step <= 8) ?? STEPS[STEPS.length - 1]
    const day = 8 * HOUR
    for (let at = Math.ceil((begin + day) / every) * every - day; at <= end; at += every) {
      const text = every >= 24 * HOUR || words.minute(at) === "00:00" ? words.date(at).slice(5) : words.minute(at)
      drawing.append(svg("path", { d: `M${x(at)} ${TOP + tall - 4}v4`, stroke: "var(--axis)" }), label(Math.min(x(at), wide - 20), TOP + tall + BAND + 25, text, "middle", "var(--ink-3)"))
    }
    return drawing
  }

  /** @param {Picture} picture */
  grid({ wide, y, ticks: values, step }) {
    const digits = Math.max(0, -Math.floor(Math.log10(step)))
    return values.flatMap((value) => [svg("path", { d: `M${LEFT} ${y(value)}H${wide}`, stroke: "var(--line)" }), label(LEFT - 8, y(value) + 5, words.number(value, digits), "end", "var(--ink-3)")])
  }

  /** @param {Picture} picture */
  line({ alert, shown, judged, limited, x, y, wide, begin }) {
    /** @type {Element[]} */
    const parts = []
    const typical = shown.length > 2 ? shown.slice(1).map(([at], n) => at - shown[n][0]).sort((one, other) => one - other)[Math.floor(shown.length / 2)] : Infinity
    /** @type {string[][]} */
    const runs = []
    shown.forEach(([at, value], n) => {
      if (!n || at - shown[n - 1][0] > 4 * typical) runs.push([])
      runs[runs.length - 1].push(`${x(at).toFixed(1)} ${y(value).toFixed(1)}`)
    })
    const { limit } = alert
    if (limited && limit !== null) {
      const [edge, over] = [y(limit), alert.value === null || alert.value >= limit]
      const beyond = [...shown, ...judged].filter(([, value]) => (over ? value >= limit : value <= limit)).map(([at]) => x(at))
      const late = beyond.reduce((sum, place) => sum + place, 0) > (beyond.length * (LEFT + wide)) / 2 // its words stand where the line is not
      const clip = svg("clipPath", { id: "beyond" }, svg("rect", { x: LEFT, y: over ? 0 : edge, width: wide, height: over ? edge : HIGH + TOP - edge }))
      parts.push(clip)
      for (const run of runs) if (run.length > 1) parts.push(svg("path", { d: `M${run[0].split(" ")[0]} ${edge}L${run.join("L")}L${run[run.length - 1].split(" ")[0]} ${edge}Z`, fill: "var(--land-red)", "clip-path": "url(#beyond)" }))
      const text = `${t("row.limit")} ${words.number(limit, 2)} · ${alert.clause.edition} ${alert.clause.article}`
      parts.push(svg("path", { class: "limit", d: `M${LEFT} ${edge}H${wide}`, stroke: "var(--ink-1)", "stroke-width": 1.5 }), late ? label(LEFT + 8, edge - 7, text, "start", "var(--ink-1)") : label(wide - 8, edge - 7, text, "end", "var(--ink-1)"))
    }
    for (const run of runs) parts.push(svg("path", { class: "readings", d: `M${run.join("L")}`, fill: "none", stroke: "var(--data)", "stroke-width": 1.5 }))
    if (shown.length <= 80) parts.push(...shown.map(([at, value]) => svg("circle", { cx: x(at), cy: y(value), r: 2.2, fill: "var(--data)" })))
    for (const [at, value] of judged.filter(([when]) => when >= begin)) parts.push(svg("circle", { class: "judged", cx: x(at), cy: y(value), r: 4.5, fill: "var(--bg-0)", stroke: "var(--ink-1)", "stroke-width": 2 }))
    return parts
  }

  /** @param {Picture} picture */
  steps({ alert, trail, x, begin, end, wide, tall }) {
    const known = trail.filter(({ event }) => MARKED.includes(event)).map(({ at, event }) => /** @type {[at: number, event: string]} */ ([Date.parse(at), event]))
    /** @type {[at: number, event: string][]} */
    const all = known.some(([, event]) => event === "raise") ? known : [[Date.parse(alert.raised_at), "raise"], ...known]
    let free = -Infinity
    /** @type {Element[]} */
    const lines = []
    const names = all.filter(([at]) => at >= begin && at <= end).flatMap(([at, event]) => {
      const place = x(at)
      const line = svg("path", { class: `step ${event}`, d: `M${place} 8V${TOP + tall}`, stroke: "var(--ink-1)", "stroke-width": 1.2, "stroke-dasharray": "2 3" })
      const last = place > wide - 110
      const start = last ? place - 106 : place
      lines.push(line)
      if (start < free) return []
      free = start + APART + 30
      return [label(last ? place - 6 : place + 6, 17, `${words.minute(at)} ${t(`event.${words.key(event)}`)}`, last ? "end" : "start", "var(--ink-2)")]
    })
    return [...lines, ...names]
  }

  /**
   * The states, from before its raise to now.
   * @param {Picture} picture
   */
  band({ alert, trail, x, begin, end, tall }) {
    const changes = trail.filter(({ before, after }) => before !== after).map(({ at, after }) => /** @type {[at: number, state: string]} */ ([Date.parse(at), after]))
    if (trail[0]?.n !== 1) changes.unshift([Date.parse(alert.raised_at), trail[0]?.before ?? alert.state])
    /** @type {[at: number, state: string][]} */
    const begun = [[begin, "A"], ...changes]
    const spans = begun.map(([from, state], n) => ({ from: Math.max(begin, from), to: Math.min(end, begun[n + 1]?.[0] ?? end), state }))
    const top = TOP + tall + 8
    /** @type {SVGElement[]} */
    const drawn = [label(LEFT - 8, top + 15, t("desk.band"), "end", "var(--ink-3)")]
    return drawn.concat(
      spans.filter(({ from, to }) => to > from).flatMap(({ from, to, state }) => {
        const wide = Math.max(1, x(to) - x(from) - 2)
        const colour = `var(--${alert.severity})`
        /** @type {Record<string, [fill: string, stroke: string]>} */
        const all = { A: ["var(--bg-2)", "none"], B: [colour, "none"], C: ["none", colour], D: ["none", colour] }
        const looks = all[state[0]] ?? ["var(--data-2)", "none"]
        const rect = svg("rect", { x: x(from) + 1, y: top + 1, width: wide, height: BAND - 4, fill: looks[0], stroke: looks[1], "stroke-width": 2 })
        if (state[0] === "D") rect.setAttribute("stroke-dasharray", "4 3")
        const text = wide > 80 ? `${state[0]} ${t(`state.${words.key(state)}`)}` : state[0]
        if (wide <= 14) return [rect]
        const name = label(x(from) + 7, top + 15, text, "start", state[0] === "B" ? "var(--bg-0)" : "var(--ink-1)")
        name.setAttribute("class", "on-band")
        return [rect, name]
      }),
    )
  }

  close() {
    this.resized.disconnect()
  }
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} text
 * @param {string} anchor
 * @param {string} colour
 */
function label(x, y, text, anchor, colour) {
  const node = svg("text", { x, y, "text-anchor": anchor, style: `fill: ${colour}` })
  node.textContent = text
  return node
}

/**
 * `factors.a21002.avg` → `NOx 均值`: a field by the names of its parts, as far as they have one; `factors` holds all of them.
 * @param {string} field
 */
const called = (field) => field.split(".").filter((part) => part !== "factors").map((part) => words.word(`item.${part}`) || t(`part.${part}`)).join(" ")
