/* What is measured beside the book (另算的指标): calls of hotlines with the hours behind them, the alarm system, and what is not measured, with what it needs. */

import { button, el, fill, say } from "../../common/dom.js"
import { glyph } from "../../common/marks.js"
import { get } from "../../common/server/get.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"
import { whose } from "../measures.js"
import { asked, narrow } from "../query.js"
import { named } from "../split.js"
import { Sheet } from "./sheet.js"

/** By what the sums of hours are told, and what the alarm system does; `hour` is what the sums are made of. */
const WAYS = { hours: ["unit", "district", "month", "hour"], alarms: ["unit", "district", "domain", "rule"] }

/** What the alarm system calls what makes a row. @type {Record<string, string>} */
const GROUPING = { unit: "desk" }

/** @typedef {{ by: string, key: string, name: Sent.Both, measures: { name: string, value: number | null, unit: string, verdict: string }[] }} Performance */
/** @typedef {{ key: string, name: Sent.Both | null, value: number | null, shares: string, between: string, untold: number, verdict: string }} Row */

export class ReckonedSheet {
  /** @type {Sent.OversightBeside | null} */
  told = null
  /** @type {Sent.OversightBook | null} */
  book = null
  /** @type {import("../query.js").Query | null} */
  query = null
  /** @type {import("../query.js").Period | null} */
  period = null
  /** @type {{ id: string, node: HTMLElement }[]} */
  rows = []
  chosen = ""
  by = "unit"
  asking = 0

  /** @param {() => void} shut called when a person closes it */
  constructor(shut) {
    this.sheet = new Sheet("reckoned", t("oversight.reckoned"), t("oversight.reckoned_note"), shut)
    this.node = this.sheet.node
    this.list = el("div", "rlist")
    this.title = el("h3")
    this.tabs = [...new Set(Object.values(WAYS).flat())].map((by) => ({ by, node: button("tab", () => this.turn(by), t(`oversight.by_${by}`)) }))
    const tabs = el("span", "tabs", ...this.tabs.map(({ node }) => node))
    tabs.role = "group"
    tabs.ariaLabel = t("oversight.taken_apart")
    this.table = el("div", "rtable")
    fill(this.sheet.body, el("div", "rtwo", this.list, el("div", "rside", this.title, tabs, this.table)))
  }

  /**
   * @param {boolean} open
   * @param {Sent.OversightBook} book
   * @param {import("../query.js").Query} query
   * @param {import("../query.js").Period} period
   */
  async show(open, book, query, period) {
    Object.assign(this, { book, query, period })
    const fresh = open && this.node.hidden
    this.sheet.turn(open)
    if (!open) return
    if (!fresh && this.told) return this.ask()
    say(this.sheet.state, t("oversight.reading"))
    this.sheet.state.hidden = false
    const { status, body } = await get("oversight/beside")
    if (status !== 200) return say(this.sheet.state, body?.error ?? t("oversight.away"))
    this.told = /** @type {Sent.OversightBeside} */ (body)
    this.sheet.state.hidden = true
    this.draw(this.told)
    this.choose(this.chosen || this.told.measures[0]?.id || "")
  }

  get measure() {
    return this.told?.measures.find(({ id }) => id === this.chosen)
  }

  /** @param {string} measure */
  choose(measure) {
    this.chosen = measure
    for (const { id, node } of this.rows) {
      node.classList.toggle("on", id === measure)
      node.ariaCurrent = id === measure ? "true" : null
    }
    this.turn("unit")
  }

  /** @param {string} by */
  turn(by) {
    this.by = by
    this.ask()
  }

  /** @param {Sent.OversightBeside} told */
  draw(told) {
    this.rows = told.measures.map((each) => {
      const node = button("rrow row", () => this.choose(each.id))
      node.append(el("span", "two", el("span", "nm", words.pick(each.name)), el("small", "", words.pick(each.what))), whose(each), el("span", "n", targetOf(each)))
      return { id: each.id, node }
    })
    const missing = told.unmeasured.map(({ name, needs }) => el("li", "two", el("span", "", words.pick(name)), el("small", "", `${t("oversight.needs")}${words.pick(needs)}`)))
    fill(this.list, ...this.rows.map(({ node }) => node), el("h3", "", t("oversight.not_measured")), el("ul", "unmeasured", ...missing))
  }

  async ask() {
    const { measure, by, book, query, period } = this
    if (!measure || !book || !query || !period) return
    const mine = ++this.asking
    say(this.title, words.pick(measure.name))
    this.offer(measure)
    if (measure.needs) return fill(this.table, el("p", "none", `${t("oversight.needs")}${words.pick(measure.needs)}`))
    const { status, body } = await get(measure.alarm ? "performance" : `oversight/reckoned?${asked({ ...narrow(query), ...period, measure: measure.id, by })}`)
    if (mine !== this.asking) return
    if (status !== 200) return fill(this.table, el("p", "none", body?.error ?? t("oversight.away")))
    const rows = measure.alarm ? alarmRows(/** @type {Performance[]} */ (body), measure.alarm, by, book) : hourRows(/** @type {Sent.OversightReckoned} */ (body))
    const about = el("p", "none", measure.alarm ? t("oversight.reckoned_alarms") : "")
    fill(this.table, ...(rows.length ? rows.map((each) => row(each, measure, by, book)) : [el("p", "none", t("oversight.no_rows"))]), about)
  }

  /**
   * By what the chosen measure may be told.
   * @param {Sent.ReckonedMeasure} measure
   */
  offer({ needs, alarm }) {
    const ways = needs ? [] : alarm ? WAYS.alarms : WAYS.hours
    for (const { by, node } of this.tabs) {
      node.hidden = !ways.includes(by)
      node.ariaPressed = String(by === this.by)
    }
  }
}

/**
 * What the hours of a hotline come to.
 * @param {Sent.OversightReckoned} told
 * @returns {Row[]}
 */
const hourRows = ({ rows }) => rows.map(({ key, name, value, count, of, low, high, beside }) => ({ key, name, value, shares: of === null ? "" : `${words.number(count ?? 0)} / ${words.number(of)}`, between: low === null || high === null ? "" : `${low.toFixed(1)}–${high.toFixed(1)}`, untold: beside["untold-hours"] ?? 0, verdict: "" }))

/**
 * What the alarm system tells of one figure, by desk, district, domain or rule; of single desks, to whom these are shown.
 * @param {Performance[]} told
 * @param {string} figure
 * @param {string} by
 * @param {Pick<Sent.OversightBook, "whole" | "own">} book
 * @returns {Row[]}
 */
export function alarmRows(told, figure, by, { whole, own }) {
  const wanted = GROUPING[by] ?? by
  return told.filter((each) => each.by === wanted && (whole || (by === "unit" && own.includes(each.key)))).flatMap(({ key, name, measures }) => {
    const found = measures.find((each) => each.name === figure)
    return found ? [{ key, name, value: found.value, shares: "", between: "", untold: 0, verdict: found.verdict }] : []
  })
}

/**
 * Whether a row misses the target of its measure; of the alarm system its own verdict says.
 * @param {Row} each
 * @param {Sent.ReckonedMeasure} measure
 */
export function misses({ value, verdict }, { target, direction, alarm }) {
  if (alarm) return verdict === "manageable" || verdict === "exceeded"
  if (value === null || target === null) return false
  return direction === "higher" ? value < target : value > target
}

/**
 * What a row is called.
 * @param {Row} each
 * @param {string} by
 * @param {Sent.OversightBook} book
 */
function called({ key, name }, by, book) {
  if (name) return words.pick(name)
  return by === "hour" ? words.moment(Date.parse(key)) : named(/** @type {Sent.KeyedFigure} */ ({ key, name }), book, by)
}

/**
 * @param {Row} each
 * @param {Sent.ReckonedMeasure} measure
 * @param {string} by
 * @param {Sent.OversightBook} book
 */
function row(each, measure, by, book) {
  const missed = misses(each, measure)
  return el(
    "div",
    "rfigure",
    el("span", "name", called(each, by, book)),
    el("span", missed ? "n pc yellow" : "n pc", ...(missed ? [glyph("yellow", { size: 12 }), " "] : []), each.value === null ? "—" : `${each.value.toFixed(1)} ${words.measure(measure.unit)}`),
    el("span", "n", each.shares),
    el("small", "n", each.between),
    el("small", "", each.untold ? t("oversight.untold_hours").replace("{}", words.number(each.untold)) : ""),
  )
}

/**
 * The target of a measure in its unit; empty where it has none.
 * @param {Sent.ReckonedMeasure} measure
 */
const targetOf = ({ target, direction, unit }) => (target === null ? "" : `${direction === "higher" ? "≥" : "≤"}${target} ${words.measure(unit)}`)
