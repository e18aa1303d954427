/* One type: the elements of a 政务数据目录 (令809 第十三条), then its fields with meaning, format, level, mark, ground and keeping. */

import { button, el, fill, svg } from "../common/dom.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { settled } from "./list.js"
import { kept } from "./search.js"

const WIDTH = 84

export class Chosen {
  field = ""
  /** @type {Map<string, HTMLButtonElement>} */
  rows = new globalThis.Map()

  /**
   * `choose(path)` is called when a person chooses a field.
   * @param {(path: string) => void} choose
   */
  constructor(choose) {
    this.choosing = choose
    this.node = el("div", "chosen")
  }

  /** @param {Sent.DirectoryType} type */
  show(type) {
    this.rows.clear()
    const top = el("div", "top", el("h2", "", words.pick(type.title)), el("span", "other", words.language === "zh" ? type.title.en : type.title.zh), el("span", "name", type.type), el("span", "law", t("directory.article")))
    const rows = type.fields.map((field) => this.row(field, type))
    const heads = ["meaning", "field", "unit", "category", "level", "personal", "ground", "keeping"].map((name) => el("span", "", t(`directory.${name}`)))
    const floor = type.floor ? `${t("directory.floor")} ${days(type.floor.days)} · ${words.pick(type.floor.law)}` : t("directory.no_floor")
    const law = el("small", "r", floor)
    law.title = floor
    const table = el("div", "fields", el("div", "heads", ...heads), el("ol", "", ...rows))
    fill(this.node, top, elements(type), el("h3", "", `${t("directory.fields")} `, el("small", "", String(type.items)), law), rows.length ? table : el("p", "none", t("directory.no_fields")))
    this.node.scrollTop = 0
  }

  /**
   * @param {Sent.DirectoryField} field
   * @param {Sent.DirectoryType} type
   */
  row(field, type) {
    const { name, path, format, unit, category, rank, personal, minors, basis, purpose, required, depth } = field
    const node = button("field", () => this.choosing(path))
    const mark = el("span", personal === "sensitive" ? "one strong" : "one", minors ? t("directory.minors") : t(`directory.mark_${personal}`))
    const two = (/** @type {string} */ one, /** @type {string | Node} */ other, /** @type {string} */ title = "") => {
      const cell = el("span", "two", el("b", "", one), el("small", "", other))
      cell.title = title || one
      return cell
    }
    const meaning = two(words.pick(name), words.language === "zh" ? name.en : name.zh, `${name.zh} ${name.en}`)
    if (depth) meaning.style.paddingLeft = `${12 * depth}px`
    node.append(
      meaning,
      two(path, words.pick(format) + (required ? "" : ` · ${t("directory.optional")}`)),
      el("span", "one", words.measure(unit) || "—"),
      el("span", "one", words.pick(category.business)),
      el("span", "two", el("b", "", level(rank)), el("small", "", settled(rank), ` ${t(`directory.${rank.status}`)}`)),
      mark,
      two(words.pick(basis), words.pick(purpose), `${words.pick(basis)}\n${words.pick(purpose)}`),
      keeping(field, type),
    )
    node.ariaPressed = String(path === this.field)
    this.rows.set(path, node)
    return el("li", "", node)
  }

  /** @param {string} path */
  choose(path) {
    this.field = path
    for (const [name, node] of this.rows) node.ariaPressed = String(name === path)
  }
}

/** @param {Sent.Rank} rank */
export const level = ({ level: name, sublevel }) => (name === "general" ? `${t("directory.general")} ${sublevel}` : t(`directory.${name}`))

/** @param {Sent.DirectoryType} type */
function elements(type) {
  const { provider, source, system, origin, approval, format, frequency, every, sharing, ways, condition, category, rank, whole, secret, lateness, assessment, items } = type
  const rate = every ? ` · ${t("directory.every")} ${every.span}（${words.pick(every.source)}）` : ""
  const late = lateness ? ` · ${t("directory.lateness")} ≤ ${lateness}` : ""
  /** @type {[key: string, text: string][]} */
  const facts = [
    ["provider", words.pick(provider.name)],
    ["frequency", t(`directory.frequency_${frequency}`) + rate + late],
    ["source", words.pick(source.name)],
    ["system", `${words.pick(system)} · ${t(`directory.origin_${origin}`)}${approval ? ` ${approval}` : ""}`],
    ["format", `${words.pick(format)} · ${items} ${t("directory.items")}`],
    ["category", `${words.pick(category.industry)} → ${words.pick(category.business)}`],
    ["sharing", `${t(`directory.sharing_${sharing}`)} · ${ways.map((way) => t(`directory.way_${way}`)).join(t("comma"))}`],
    ["level", `${level(rank)} · ${t(`directory.${rank.status}`)} · ${t("directory.whole")} ${level(whole)} ${t(`directory.${whole.status}`)}`],
    ["condition", words.pick(condition)],
    ["secret", t(secret ? "directory.yes" : "directory.no_secret")],
    ["basis", words.pick(type.basis)],
    ["assessment", assessment ? `${assessment.day} · ${assessment.document}` : t(type.personal === "none" ? "directory.not_asked" : "directory.no_assessment")],
  ]
  return el("dl", "elements", ...facts.flatMap(([key, text]) => [el("dt", "", t(`directory.${key}`)), el("dd", "", text)]))
}

/**
 * How long a field is kept: floor and ceiling on an axis of days, and the same in words.
 * @param {Sent.DirectoryField} field
 * @param {Sent.DirectoryType} type
 */
function keeping({ sealable, ceiling }, { floor, kept: where, topic_days: topic }) {
  const axis = svg("svg", { width: WIDTH, height: 14, "aria-hidden": "true" }, svg("path", { d: `M0 7H${WIDTH}`, stroke: "var(--line)", "stroke-width": 2 }))
  const at = (/** @type {number} */ number) => Math.round(kept(number) * (WIDTH - 8)) + 4
  if (floor?.days) axis.append(svg("path", { d: `M${at(floor.days)} 1V13`, stroke: "var(--ink-1)", "stroke-width": 2 }))
  if (ceiling?.days) axis.append(svg("path", { d: `M${at(ceiling.days)} 1V13`, stroke: "var(--ink-1)", "stroke-width": 2, "stroke-dasharray": "2 2" }))
  const axisEnd = where === "archive" || topic === null
  axis.append(svg("circle", { cx: axisEnd ? WIDTH - 4 : at(topic), cy: 7, r: 3.5, fill: "var(--ink-1)" }))
  const now = where === "archive" ? t("directory.archive") : topic === null ? t("directory.for_good") : days(topic)
  return el("span", "two keep", axis, el("small", "", `${floor?.days ? `≥ ${days(floor.days)} · ` : ""}${ceiling?.days ? `≤ ${days(ceiling.days)} · ` : ""}${t("directory.now")} ${sealable ? t("directory.forgettable") : now}`))
}

/** @param {number} number */
function days(number) {
  if (!number) return "—"
  if (number >= 730) return `${Math.round(number / 365.25)} ${t("directory.years")}`
  return number >= 60 ? `${Math.round(number / 30.5)} ${t("directory.months")}` : `${number} ${t("unit.day")}`
}
