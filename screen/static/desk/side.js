/* Beside the story: the time it has, where it is and what stands near it, what came of alerts like it, and its subject. */

import { titled } from "../common/alert/alert.js"
import { button, el, fill, panel, say, svg } from "../common/dom.js"
import { file } from "../common/files.js"
import { glyph, glyphOf } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { mayLook } from "./look.js"

const [HOUR, DAY] = [3_600_000, 86_400_000]

/** Half the width of the small map, and the circle about the alert (km); kilometres of a degree of latitude. */
const [WIDE, CIRCLE, KM] = [21, 5, 111.195]
const MAP_HIGH = 252

/** 08 or 08:30 of so many ms from midnight.
 * @param {number} at
 */
const ofDay = (at) => String(Math.floor(at / HOUR)).padStart(2, "0") + (at % HOUR ? `:${String((at % HOUR) / 60000).padStart(2, "0")}` : "")

/** 08–12, 14–18 of the sessions of a working day, ms from midnight.
 * @param {[number, number][]} sessions
 */
const spans = (sessions) => sessions.map((ends) => ends.map(ofDay).join("–")).join(words.language === "zh" ? "、" : ", ")
/** @typedef {{ begins: number, worked: boolean, certain: boolean }} Day */
/** @typedef {{ within: number, marks: { id: string, lon: number, lat: number, severity: Sent.Severity, state: string, phase: Sent.Phase, title: Sent.Text, name: Sent.Text }[] }} Near */
/** @typedef {{ id: string, raised: number, lasted: number, own: boolean, name: Sent.Text, value: number | null, unit: string, finding: string | null, why: Sent.Text, sealed: { reference: Sent.Sealed, place: Sent.Place } | null }} Past */

export class Side {
  /** @type {(Sent.Land & { geometry: { type: "MultiPolygon" } })[] | null} */
  lands = null
  /** @type {string | null} */
  drawn
  /** @type {string} */
  timed

  /**
   * `open(id)` shows another alert.
   * @param {(id: string) => void} open
   * @param {import("./look.js").Looks} looks
   */
  constructor(open, looks) {
    this.open = open
    this.looks = looks
    this.deadlines = panel(t("desk.deadlines"), t("desk.working"))
    this.place = panel(t("desk.place"))
    this.similar = panel(t("desk.similar"), t("desk.similar_by"))
    this.subject = panel(t("desk.subject"))
    this.node = el("aside", "side", this.deadlines.node, this.place.node, this.similar.node, this.subject.node)
    this.node.ariaLabel = t("desk.subject")
    fetch(file("districts.geojson")).then((answer) => answer.json()).then((land) => { this.lands = land.features; this.drawn = null }).catch(() => {})
  }

  /**
   * `around`: what the server says; `registered`: the subject's registration, null where it was not found, undefined while it is looked for.
   * @param {Sent.Alert | undefined} alert
   * @param {any} around
   * @param {any} registered
   * @param {number | null} now
   * @param {Sent.Person | undefined} person
   */
  show(alert, around, registered, now, person) {
    this.node.hidden = !alert || !around
    if (!alert || !around) return
    this.times(around.deadlines, now)
    const looks = mayLook(person, alert)
    const key = JSON.stringify([alert.id, alert.rev, looks, around, registered, Boolean(this.lands), this.place.body.clientWidth])
    if (key === this.drawn) return
    this.drawn = key
    this.where(alert, around.near)
    this.past(around.similar, looks)
    this.file(alert, around.subject, registered)
  }

  /**
   * @param {{ rows: { what: string, at: number, worked: number | null }[], provisional: boolean, days: Day[], sessions: [number, number][] }} deadlines
   * @param {number | null} now
   */
  times({ rows, provisional, days, sessions }, now) {
    const key = JSON.stringify([rows, days, Math.floor((now ?? 0) / 60_000)])
    if (key === this.timed) return
    this.timed = key
    say(this.deadlines.end, now === null ? "" : `${words.date(now).slice(5)} ${words.weekday(now)}`)
    const lines = rows.map(({ what, at, worked }) => {
      const left = now === null ? "—" : `${t(at < now ? "row.overdue" : "row.left")} ${words.duration(Math.abs(at - now))}`
      const hours = worked === null ? "" : `${t("desk.worked")} ${words.number(Math.abs(worked) / HOUR)} ${t("unit.hour")}`
      return el("li", now !== null && at < now ? "late" : "", el("b", "", t(`desk.${what}`)), el("span", "", `${words.moment(at)}${what === "due" && provisional ? ` · ${t("row.provisional")}` : ""}`), el("span", "", hours), el("b", "r", left))
    })
    const ahead = rows.filter(({ at }) => now !== null && at > now)
    fill(this.deadlines.body, ...(rows.length ? [el("ol", "times", ...lines)] : [el("p", "", t("desk.no_deadline"))]), ahead.length && days.length && now !== null ? this.calendar(days, sessions, now, ahead) : null, ahead.length ? el("p", "by", days.every(({ certain }) => certain) ? t("desk.sessions").replace("{}", spans(sessions)) : t("desk.uncertain")) : null)
  }

  /**
   * The days from when work opens until it closes: working time is grey, what of it is left until the first deadline is white, the rest hatched.
   * @param {Day[]} days
   * @param {[number, number][]} sessions ms from midnight
   * @param {number} now
   * @param {{ at: number }[]} ahead
   */
  calendar(days, sessions, now, ahead) {
    const [opens, closes] = [sessions[0][0], sessions[sessions.length - 1][1]]
    const wide = this.deadlines.body.clientWidth || 428
    const each = wide / days.length
    /** @param {number} at */
    const x = (at) => {
      const n = days.findIndex(({ begins }) => at < begins + DAY)
      if (n < 0) return wide
      const passed = at - days[n].begins
      return (n + (Math.min(closes, Math.max(opens, passed)) - opens) / (closes - opens)) * each
    }
    const until = Math.min(...ahead.map(({ at }) => at))
    const hatch = svg("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, svg("path", { d: "M0 0V6", stroke: "var(--line)", "stroke-width": 2 }))
    const drawing = svg("svg", { width: wide, height: 66, role: "img", "aria-label": t("desk.working") }, svg("defs", {}, hatch), svg("rect", { x: 0, y: 20, width: wide, height: 18, fill: "url(#hatch)" }))
    days.forEach(({ begins, worked }, n) => {
      for (const [from, to] of worked ? sessions : []) {
        const [start, end] = [begins + from, begins + to]
        drawing.append(svg("rect", { x: x(start), y: 20, width: Math.max(0, x(end) - x(start) - 1), height: 18, fill: "var(--data-2)" }))
        const [left, right] = [Math.max(start, now), Math.min(end, until)]
        if (right > left) drawing.append(svg("rect", { x: x(left), y: 20, width: Math.max(1, x(right) - x(left) - 1), height: 18, fill: "var(--ink-1)" }))
      }
      drawing.append(svg("path", { d: `M${n * each} 20V44`, stroke: "var(--axis)" }), text(n * each + 3, 56, each > 60 ? `${words.date(begins).slice(5)} ${words.weekday(begins)}` : words.date(begins).slice(8), "start", "var(--ink-3)"))
    })
    drawing.append(svg("path", { d: `M${x(now)} 12V44M${x(until)} 12V44`, stroke: "var(--ink-1)", "stroke-width": 1.5 }))
    drawing.append(text(x(now) + 4, 13, `${t("desk.now")} ${words.minute(now)}`, "start", "var(--ink-1)"))
    if (x(until) - x(now) > 170) drawing.append(text(Math.min(wide, x(until) + 4), 13, words.moment(until), x(until) > wide - 90 ? "end" : "start", "var(--ink-1)"))
    return drawing
  }

  /**
   * @param {Sent.Alert} alert
   * @param {Near | null} near
   */
  where(alert, near) {
    const { lon: east, lat: north } = alert
    if (!near || !this.lands || east === null || north === null) {
      say(this.place.small, near ? "" : t("desk.no_place"))
      return fill(this.place.body)
    }
    say(this.place.small, `${east.toFixed(2)}°E ${north.toFixed(2)}°N`)
    say(this.place.end, `${t("desk.within")} ${near.within} ${t("desk.count")}`)
    const wide = this.place.body.clientWidth || 428
    const unit = wide / (2 * WIDE)
    const narrow = Math.cos((north * Math.PI) / 180) * KM
    /** @param {number} lon */
    const x = (lon) => wide / 2 + (lon - east) * narrow * unit
    /** @param {number} lat */
    const y = (lat) => MAP_HIGH / 2 - (lat - north) * KM * unit
    const drawing = svg("svg", { width: wide, height: MAP_HIGH, class: "map" })
    const lands = this.lands.filter(({ geometry }) => geometry.coordinates.some((land) => land[0].some(([lon, lat]) => x(lon) > -wide && x(lon) < 2 * wide && y(lat) > -MAP_HIGH && y(lat) < 2 * MAP_HIGH)))
    const here = waits(alert) ? "var(--land-red)" : "var(--land-2)"
    for (const { properties, geometry } of lands) {
      const path = geometry.coordinates.flatMap((land) => land.map((ring) => `M${ring.map(([lon, lat]) => `${x(lon).toFixed(1)} ${y(lat).toFixed(1)}`).join("L")}Z`)).join("")
      drawing.append(svg("path", { d: path, fill: properties.adcode === alert.adcode ? here : "var(--land-1)", stroke: "var(--bg-0)", "stroke-width": 1.4 }))
    }
    for (const { properties } of lands) {
      const label = properties.labels.find(([lon, lat]) => x(lon) > 40 && x(lon) < wide - 40 && y(lat) > 20 && y(lat) < MAP_HIGH - 10 && Math.hypot(x(lon) - wide / 2, y(lat) - MAP_HIGH / 2) > 34)
      if (label) drawing.append(text(x(label[0]), y(label[1]), words.language === "zh" ? properties.zh : properties.en, "middle", "var(--ink-1)"))
    }
    drawing.append(svg("circle", { cx: wide / 2, cy: MAP_HIGH / 2, r: CIRCLE * unit, fill: "none", stroke: "var(--ink-2)", "stroke-dasharray": "5 4" }), text(wide / 2, MAP_HIGH / 2 + CIRCLE * unit + 16, "5 km", "middle", "var(--ink-2)"))
    for (const mark of near.marks.toReversed()) drawing.append(this.mark(mark, x(mark.lon), y(mark.lat), 13))
    drawing.append(svg("rect", { x: wide / 2 - 14, y: MAP_HIGH / 2 - 14, width: 28, height: 28, fill: "none", stroke: "var(--ink-1)", "stroke-width": 2 }), this.at(glyphOf(alert, 20), wide / 2, MAP_HIGH / 2, 20))
    fill(this.place.body, drawing)
  }

  /**
   * @param {Near["marks"][number]} mark
   * @param {number} x
   * @param {number} y
   * @param {number} size
   */
  mark(mark, x, y, size) {
    const node = this.at(glyph(mark.severity, { state: mark.state, phase: mark.phase, size }), x, y, size)
    const title = svg("title")
    title.textContent = `${words.pick(mark.title)} · ${words.pick(mark.name)}`
    node.append(title)
    node.classList.add("other")
    node.addEventListener("click", () => this.open(mark.id))
    return node
  }

  /**
   * @template {Element} Its
   * @param {Its} node
   * @param {number} x
   * @param {number} y
   * @param {number} size
   */
  at(node, x, y, size) {
    node.setAttribute("x", String(x - size / 2))
    node.setAttribute("y", String(y - size / 2))
    return node
  }

  /**
   * @param {{ count: number, own: number, rows: Past[] }} similar
   * @param {boolean} looks whether sealed texts may be looked at
   */
  past({ count, own, rows }, looks) {
    say(this.similar.end, count ? `${t("desk.similar_count")} ${count} ${t("desk.count")} · ${t("desk.similar_own")} ${own}` : "")
    const lines = rows.map(({ id, raised, lasted, own: mine, name, value, finding, why, sealed }) => {
      const outcome = el("span", "wide", [finding ? t(`finding.${finding}`) : "", words.pick(why)].filter(Boolean).join(" · ") || "—")
      outcome.title = outcome.textContent
      const look = looks && sealed ? this.looks.beside({ alert: id, ...sealed, path: "reason" }, "similar") : null
      return el("li", "", el("span", "", words.moment(raised)), el("span", mine ? "own" : "", mine ? t("desk.similar_own") : words.pick(name)), el("b", "n", value === null ? "—" : words.number(value, 2)), outcome, el("span", "r", words.duration(lasted)), look)
    })
    fill(this.similar.body, rows.length ? el("ol", "past", ...lines) : el("p", "", t("desk.similar_none")))
  }

  /**
   * @param {Sent.Alert} alert
   * @param {{ local: { name: Sent.Text, tie: "branch" | "guided" | "zone", basis: string } | null, kind: string, at: number | null, values: Record<string, unknown>, open: Sent.Row[], count: number }} subject
   * @param {any} registered
   */
  file(alert, { local, kind, at, values, open, count }, registered) {
    say(this.subject.small, registered ? `${t("desk.registered")} ${t(`kind.${registered.kind}`)}` : t(`kind.${kind}`))
    say(this.subject.end, alert.subject)
    /** @type {HTMLElement[]} */
    const rows = []
    /** @type {(name: string, value: string | undefined) => unknown} */
    const row = (name, value) => value && rows.push(el("dt", "", name), el("dd", "", value))
    row(t("desk.kind"), t(`kind.${registered?.kind ?? kind}`))
    row(t("desk.owner"), registered?.owner)
    row(t("desk.local"), local ? `${words.pick(local.name)} · ${t(`tie.${local.tie}`)}` : "")
    if (local) rows[rows.length - 1].title = local.basis
    row(t("desk.limits"), pairs(registered?.limits))
    row(t("desk.registered"), pairs(registered?.traits))
    row(t("desk.upstream"), alert.upstream)
    if (at) row(`${t("desk.newest")} ${words.moment(at)}`, pairs(values))
    const others = open.map((other) => {
      const node = button("member", () => this.open(other.id))
      node.append(glyph(other.severity, { state: other.state[0], phase: other.phase, size: 16 }), el("span", "", titled(other)))
      return node
    })
    const missing = registered === null ? el("p", "by", t("desk.not_registered")) : null
    fill(this.subject.body, el("dl", "", ...rows), missing, count ? el("p", "by", `${t("desk.subject_others")} ${count} ${t("desk.count")}`) : null, ...others)
  }
}

/**
 * Whether it is red and nobody has acknowledged it.
 * @param {Sent.Alert} alert
 */
const waits = ({ severity, state }) => severity === "red" && state[0] === "B"

/**
 * `NOx 200 · a 5`: the pairs of a table that have a value.
 * @param {Record<string, unknown> | undefined} table
 */
function pairs(table) {
  const rows = Object.entries(table ?? {}).filter(([, value]) => value !== null && value !== "")
  return rows.map(([name, value]) => `${words.word(`trait.${name}`) || t(`item.${name}`)} ${told(value)}`).join(" · ")
}

/**
 * A value as a person reads it: the domains' own words in this language, what else is text as it is.
 * @param {unknown} value
 */
const said = (value) => ["value", "item", "level"].map((table) => words.word(`${table}.${value}`)).find(Boolean)
/** @param {unknown} value */
const told = (value) => (typeof value === "number" ? words.number(value, 3) : said(value) || value)

/**
 * @param {number} x
 * @param {number} y
 * @param {string} words_
 * @param {string} anchor
 * @param {string} colour
 */
function text(x, y, words_, anchor, colour) {
  const node = svg("text", { x, y, "text-anchor": anchor, style: `fill: ${colour}` })
  node.textContent = words_
  return node
}
