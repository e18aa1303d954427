/* Units beside those of their own kind: bands and the funnel, or what each one's mix of cases lets expect. In the place's order, never by figure. */

import { button, el, fill } from "../../common/dom.js"
import { glyph } from "../../common/marks.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"
import { opens, worse } from "../figure.js"
import { funnel, percent } from "./funnel.js"
import { ENDS, along, byChance } from "./geometry.js"

/** Columns of the table of bands: those that name somebody apart, the others together. */
const COLUMNS = /** @type {const} */ ([["far-worse"], ["worse"], ["alike"], ["better"], ["far-better"], ["few", "none"]])

const WIDE = 220

export class Beside {
  kind = ""
  /** @type {string[] | null} */
  bands = null
  /** What is shown. @type {{ measure: Sent.MeasureTold, told: Sent.Comparison | null | undefined, view: "bands" | "mix", period: import("../query.js").Period, whole: boolean } | null} */
  shown = null

  /**
   * `open(figure)` is called for the cases of a unit.
   * @param {(opened: import("../query.js").Opened) => void} open
   */
  constructor(open) {
    this.open = open
    this.node = el("div", "beside")
  }

  /**
   * @param {Sent.MeasureTold} measure
   * @param {Sent.Comparison | null | undefined} told
   * @param {"bands" | "mix"} view
   * @param {import("../query.js").Period} period
   * @param {boolean} whole whether the person sees every unit
   */
  show(measure, told, view, period, whole) {
    this.shown = { measure, told, view, period, whole }
    if (measure.unit !== "%") return fill(this.node, el("p", "none", t("oversight.no_funnel")))
    if (!told) return fill(this.node, el("p", "none", t("oversight.reading")))
    if (!told.rows.length) return fill(this.node, el("p", "none", t("oversight.no_rows")))
    if (!told.kinds.some(({ kind }) => kind === this.kind)) this.kind = told.kinds[0].kind
    fill(this.node, view === "mix" ? this.mix(told, measure) : this.both(told))
  }

  redraw() {
    if (!this.shown) return
    const { measure, told, view, period, whole } = this.shown
    this.show(measure, told, view, period, whole)
  }

  /** @param {Sent.Comparison} told */
  both(told) {
    const kind = /** @type {Sent.KindBeside} */ (told.kinds.find((each) => each.kind === this.kind))
    const rows = told.rows.filter((row) => row.kind === kind.kind)
    const listed = rows.filter(({ band }) => !this.bands || this.bands.includes(band))
    const heads = el("li", "urow heads", ...["by_unit", "head_count", "head_share", "limits_95", "band"].map((name, n) => el("span", n && n < 4 ? "n" : "", t(`oversight.${name}`))))
    const list = el("ul", "units body", heads, ...listed.map((row) => el("li", "", this.unit(row, told))))
    list.tabIndex = 0
    list.ariaLabel = words.pick(kind.title)
    return el("div", "both", el("div", "bands", this.table(told), list), funnel(kind, rows, told.bands, (row) => this.cases(row)))
  }

  /** @param {Sent.Comparison} told */
  table(told) {
    const heads = el("div", "brow heads", el("span", "", t("oversight.kind_units")), ...COLUMNS.map(([first]) => el("span", "n", first === "few" ? t("oversight.not_judged") : words.pick(told.bands[first]))))
    const rows = told.kinds.map((kind) => this.row(kind, told))
    const sum = told.kinds.reduce((all, { units }) => all + units, 0)
    const chance = byChance(sum)
    return el("div", "table", heads, ...rows, el("small", "", t(this.shown?.whole ? "oversight.by_chance" : "oversight.own_alone").replace("{warning}", chance.warning.toFixed(1)).replace("{alarm}", chance.alarm.toFixed(2))))
  }

  /**
   * @param {Sent.KindBeside} kind
   * @param {Sent.Comparison} told
   */
  row(kind, told) {
    const rows = told.rows.filter((row) => row.kind === kind.kind)
    const cells = COLUMNS.map((bands) => {
      const count = rows.filter(({ band }) => /** @type {readonly string[]} */ (bands).includes(band)).length
      const node = button("n", () => this.choose(kind.kind, [...bands]))
      node.append(...(count && bands[0] === "far-worse" ? [glyph("orange", { size: 12 }), " "] : []), String(count))
      node.ariaLabel = `${words.pick(kind.title)} ${bands[0] === "few" ? t("oversight.not_judged") : words.pick(told.bands[bands[0]])} ${count}`
      node.classList.toggle("zero", !count)
      node.ariaPressed = String(this.kind === kind.kind && this.bands?.[0] === bands[0])
      return node
    })
    const name = button("name", () => this.choose(kind.kind, null), words.pick(kind.title))
    name.append(el("small", "", ` ${kind.units}`))
    name.ariaPressed = String(this.kind === kind.kind && !this.bands)
    const node = el("div", "brow", name, ...cells)
    node.classList.toggle("on", this.kind === kind.kind)
    return node
  }

  /**
   * Look at a kind, and of that at a band alone.
   * @param {string} kind
   * @param {string[] | null} bands
   */
  choose(kind, bands) {
    const again = this.kind === kind && this.bands?.[0] === bands?.[0]
    this.kind = kind
    this.bands = again ? null : bands
    this.redraw()
  }

  /**
   * @param {Sent.UnitBeside} row
   * @param {Sent.Comparison} told
   */
  unit(row, told) {
    const { name, count, of, share, band, limits, wide, objections, merged, ranks } = row
    const held = wide ?? limits
    const beside = [objections.length ? t("oversight.objections_beside").replace("{}", String(objections.length)) : "", merged.length ? t("oversight.merged").replace("{}", String(merged.length)) : "", ranks ? `${t("oversight.rank_range")} ${ranks[0]}–${ranks[1]}` : ""].filter(Boolean).join(" · ")
    const node = el(
      "div",
      "urow",
      el("span", "two", el("span", "name", words.pick(name)), beside ? el("small", "", beside) : null),
      el("span", "n", opens(`${words.number(count)} / ${words.number(of)}`, of ? () => this.cases(row) : null, words.pick(name), "b")),
      el("span", "n", `${percent(share)} %`),
      el("small", "n", held ? `${percent(held.warning[0] / held.of)}–${percent(held.warning[1] / held.of)}` : ""),
      el("span", "band", words.pick(told.bands[band])),
    )
    if (band === "far-worse") node.lastElementChild?.prepend(glyph("orange", { size: 12 }), " ")
    return node
  }

  /**
   * What each one's mix lets expect, with the limits of O/E.
   * @param {Sent.Comparison} told
   * @param {Sent.MeasureTold} measure
   */
  mix(told, measure) {
    const axis = el("div", "mixrow heads", ...["unit", "missed", "expected", "ratio", "limits"].map((name) => el("span", name === "unit" || name === "limits" ? "" : "n", t(`oversight.mix_${name}`))), el("span", "n", t("oversight.mix_alone")))
    const rows = told.rows.map((row) => {
      const { observed, expected, ratio, alone, of } = row.expected
      return el(
        "div",
        "mixrow",
        el("span", "name", words.pick(row.name)),
        el("span", "n", opens(`${words.number(observed)} / ${words.number(of)}`, row.of ? () => this.cases(row) : null, `${words.pick(row.name)} ${t("oversight.mix_missed")}`, "b")),
        el("span", "n", expected.toFixed(1)),
        el("span", "n", ratio === null ? "—" : ratio.toFixed(2)),
        ratioBar(row),
        el("small", "n", alone ? words.number(alone) : ""),
      )
    })
    const body = el("div", "body", axis, ...rows, el("p", "none", t("oversight.mix_note").replace("{measure}", words.pick(measure.name))))
    body.tabIndex = 0
    body.role = "group"
    body.ariaLabel = t("oversight.by_mix")
    return body
  }

  /** @param {Sent.UnitBeside} row */
  cases(row) {
    if (!this.shown) return
    const { measure, period } = this.shown
    this.open({ measure: measure.id, behind: behindOf(row, measure), since: period.since, until: period.until, way: "unit", key: row.unit })
  }
}

/**
 * Which cases a point opens: those that were not done as they should, where there are any; else the others.
 * @param {Sent.UnitBeside} row
 * @param {Sent.MeasureTold} measure
 */
export function behindOf({ count, of }, measure) {
  const bad = worse(measure)
  const many = bad === "rest" ? of - count : count
  return many ? bad : bad === "rest" ? "numerator" : "rest"
}

/** @param {Sent.UnitBeside} row */
function ratioBar({ expected: { ratio, warning, alarm } }) {
  const node = el("span", "ratio")
  const one = el("i", "one")
  one.style.left = `${along(1, WIDE)}px`
  node.append(one)
  if (ratio === null || !warning || !alarm) return node
  for (const [name, [low, high]] of /** @type {const} */ ([["alarm", alarm], ["warning", warning]])) {
    const bar = el("i", name)
    bar.style.left = `${along(low, WIDE)}px`
    bar.style.width = `${Math.max(1, along(high, WIDE) - along(low, WIDE))}px`
    node.append(bar)
  }
  const dot = el("i", "dot")
  dot.style.left = `${along(ratio, WIDE)}px`
  node.append(dot)
  node.role = "img"
  node.ariaLabel = `O/E ${ratio.toFixed(2)} · ${t("oversight.limits_95")} ${warning[0].toFixed(2)}–${warning[1].toFixed(2)} · ${t("oversight.limits_998")} ${alarm[0].toFixed(2)}–${alarm[1].toFixed(2)} (${ENDS[0]}–${ENDS[1]})`
  return node
}
