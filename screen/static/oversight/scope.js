/* Whose figures and of when: city, district, unit; kind of order, domain; months by a button or from one to another. */

import { button, el, fill, option, say } from "../common/dom.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { PRESETS, months, periodOf, preset } from "./query.js"

/** @typedef {import("./query.js").Query} Query */

/** Milliseconds by which figures may be older than what the screen knows of the log, before that is said. */
const OLD = 60_000

export class Scope {
  /** @type {Sent.OversightBook | null} */
  book = null

  /**
   * `changed(fields)` is called with what a person has chosen.
   * @param {(fields: Partial<Query>) => void} changed
   */
  constructor(changed) {
    this.changed = changed
    this.city = button("place", () => changed({ unit: "", district: "", domain: "", kind: "", matter: "", unit_kind: "", own: "" }), t("oversight.city"))
    this.own = button("chip", () => changed({ own: this.own.ariaPressed === "true" ? "" : "1", unit: "" }), t("oversight.own"))
    this.district = this.select("district", t("oversight.district"))
    this.unit = this.select("unit", t("oversight.unit"))
    this.domain = this.select("domain", t("oversight.domain"))
    this.kind = this.select("kind", t("oversight.kind"))
    this.since = this.select("since", t("oversight.since"))
    this.until = this.select("until", t("oversight.until"))
    this.presets = PRESETS.map((name) => ({ name, node: button("seg", () => this.book && changed(preset(name, this.book.state.day)), t(`oversight.preset_${name}`)) }))
    this.matter = button("chip", () => changed({ matter: "" }))
    this.search = Object.assign(el("input", "search"), { type: "search", placeholder: t("oversight.search"), maxLength: 60 })
    this.search.ariaLabel = t("oversight.search")
    this.said = el("p", "said")
    const arrow = () => el("span", "arrow", "›")
    const segments = el("div", "segments", ...this.presets.map(({ node }) => node))
    segments.role = "group"
    segments.ariaLabel = t("oversight.period")
    this.node = el("search", "scope", this.city, arrow(), this.district, arrow(), this.unit, this.own, segments, this.since, el("span", "arrow", "–"), this.until, this.kind, this.domain, this.matter, el("label", "in", this.search, el("kbd", "", "/")), this.said)
    this.node.hidden = true
  }

  /**
   * @param {"district" | "unit" | "domain" | "kind" | "since" | "until"} name
   * @param {string} label
   */
  select(name, label) {
    const node = el("select", `choice ${name}`)
    node.ariaLabel = label
    node.onchange = () => this.choose(name, node.value)
    return node
  }

  /**
   * @param {keyof Query} name
   * @param {string} value
   */
  choose(name, value) {
    const fields = { [name]: value }
    if (name === "district") fields.unit = ""
    if (name === "since" && value > this.until.value) fields.until = value
    if (name === "until" && value < this.since.value) fields.since = value
    if (name === "since" && !fields.until) fields.until = this.until.value
    if (name === "until" && !fields.since) fields.since = this.since.value
    this.changed(fields)
  }

  /**
   * @param {Sent.OversightBook} book
   * @param {Query} query
   */
  show(book, query) {
    this.book = book
    this.node.hidden = false
    const { day, since } = book.state
    const period = periodOf(query, day)
    const all = months(since < period.since ? since : period.since, day.slice(0, 7) > period.until ? day.slice(0, 7) : period.until).map((month) => option(month, month))
    fill(this.since, ...all)
    fill(this.until, ...all.map((node) => option(node.value, node.value)))
    Object.assign(this.since, { value: period.since })
    Object.assign(this.until, { value: period.until })
    choices(this.district, t("oversight.all_districts"), Object.entries(book.districts).map(([code, name]) => ({ id: code, name })), query.district)
    choices(this.unit, t(book.whole ? "oversight.all_units" : "oversight.own_units"), book.units.filter((unit) => unit.id === query.unit || !query.district || unit.district === query.district), query.unit)
    choices(this.domain, t("oversight.all_domains"), Object.entries(book.domains).map(([id, name]) => ({ id, name })), query.domain)
    choices(this.kind, t("oversight.all_kinds"), Object.entries(book.kinds).map(([id, { title }]) => ({ id, name: title })), query.kind)
    for (const { name, node } of this.presets) {
      const its = preset(name, day)
      node.ariaPressed = String(its.since === period.since && its.until === period.until)
    }
    this.own.hidden = book.whole || !book.own.length
    this.own.ariaPressed = String(Boolean(query.own))
    this.matter.hidden = !query.matter
    say(this.matter, `${query.matter} ×`)
    this.matter.ariaLabel = `${t("oversight.matter")} ${query.matter} ${t("oversight.clear")}`
  }

  /**
   * How new the figures are; `now`: the log's newest time as the screen knows it.
   * @param {Sent.LedgerState} state
   * @param {number | null | undefined} now
   */
  tell({ at, behind }, now) {
    const old = (now ?? 0) - Date.parse(at)
    const parts = [`${t("oversight.as_of")} ${words.moment(Date.parse(at))}`, old > OLD ? t("oversight.older").replace("{}", words.duration(old)) : "", behind ? t("oversight.behind").replace("{}", words.number(behind)) : "", t("oversight.no_names")]
    say(this.said, parts.filter(Boolean).join(" · "))
    this.said.classList.toggle("strong", old > OLD || behind > 0)
  }
}

/**
 * What a select offers: all, then each by name.
 * @param {HTMLSelectElement} node
 * @param {string} all
 * @param {{ id: string, name: Sent.Both }[]} each
 * @param {string} value
 */
function choices(node, all, each, value) {
  fill(node, option("", all), ...each.map(({ id, name }) => option(id, words.pick(name))))
  node.value = value
  node.classList.toggle("on", Boolean(value))
}
