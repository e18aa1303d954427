/* The index of the place (评估指标体系): a score for each unit or district with each part's share; what other weights would make, which nothing keeps. */

import { button, el, fill, option, say } from "../../common/dom.js"
import { get } from "../../common/server/get.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"
import { opens, worse } from "../figure.js"
import { asked as query } from "../query.js"
import { periods, weighted, weightsSum, weightsWord } from "./periods.js"
import { Sheet } from "./sheet.js"

/** By how much a sum of weights may differ from 100. */
const ROUNDED = 1e-6

export class IndexSheet {
  index = ""
  period = ""
  /** @type {"unit" | "district"} */
  by = "unit"
  draft = false
  asking = 0
  /** @type {Record<string, string>} */
  tried = {}

  /**
   * `shut()` is called when a person closes it, `open(figure)` for the cases of a part.
   * @param {() => void} shut
   * @param {(opened: import("../query.js").Opened) => void} open
   */
  constructor(shut, open) {
    this.open = open
    this.sheet = new Sheet("index", t("oversight.index"), t("oversight.index_note"), shut)
    this.node = this.sheet.node
    this.which = this.select("oversight.index_which", (value) => this.turn({ index: value, period: "", draft: false, tried: {} }))
    this.when = this.select("oversight.period", (value) => this.turn({ period: value }))
    this.ways = /** @type {const} */ (["unit", "district"]).map((by) => ({ by, node: button("seg", () => this.turn({ by }), t(`oversight.by_${by}`)) }))
    const segments = el("div", "segments", ...this.ways.map(({ node }) => node))
    segments.role = "group"
    segments.ariaLabel = t("oversight.taken_apart")
    this.drafts = button("chip", () => this.turn({ draft: !this.draft }), t("oversight.index_draft"))
    this.weights = el("form", "weights")
    this.sum = el("span", "said")
    this.about = el("p", "about-index")
    fill(this.sheet.tools, this.which, this.when, segments, this.drafts, this.weights, this.sum, this.about)
  }

  /**
   * @param {string} label
   * @param {(value: string) => void} chosen
   */
  select(label, chosen) {
    const node = el("select", "choice")
    node.ariaLabel = t(label)
    node.onchange = () => chosen(node.value)
    return node
  }

  /**
   * @param {boolean} open
   * @param {Sent.OversightBook} book
   */
  async show(open, book) {
    this.book = book
    const fresh = open && this.node.hidden
    this.sheet.turn(open)
    if (!fresh) return
    say(this.sheet.state, t("oversight.reading"))
    this.sheet.state.hidden = false
    const { status, body } = await get("oversight/indexes")
    if (status !== 200) return say(this.sheet.state, body?.error ?? t("oversight.away"))
    this.list = /** @type {Sent.OversightIndexes} */ (body)
    if (!this.list.indexes.length) return say(this.sheet.state, t("oversight.no_index"))
    fill(this.which, ...this.list.indexes.map(({ index, name }) => option(index, words.pick(name))))
    this.turn({ index: this.index || this.list.indexes[0].index })
  }

  /** @param {Partial<Pick<IndexSheet, "index" | "period" | "by" | "draft" | "tried">>} fields */
  turn(fields) {
    const { book, list } = this
    if (!book || !list) return
    Object.assign(this, fields)
    const one = list.indexes.find(({ index }) => index === this.index) ?? list.indexes[0]
    this.index = one.index
    const known = periods(one.period, book.state.since, book.state.day)
    if (!known.includes(this.period)) this.period = known[1] ?? known[0]
    if (!one.by.includes(this.by) || (this.by === "district" && !book.whole)) this.by = "unit"
    this.drafts.hidden = !one.in_file
    if (!one.versions.some(({ state }) => state === "adopted")) this.draft = one.in_file
    fill(this.when, ...known.map((name) => option(name, name)))
    Object.assign(this.which, { value: this.index })
    Object.assign(this.when, { value: this.period })
    this.drafts.ariaPressed = String(this.draft)
    for (const { by, node } of this.ways) {
      node.ariaPressed = String(by === this.by)
      node.hidden = !one.by.includes(by) || (by === "district" && !book.whole)
    }
    this.ask()
  }

  async ask() {
    const mine = ++this.asking
    const { index, period, by, draft, told, tried } = this
    const same = told && told.index === index
    const weights = same ? weightsWord(told.indicators, tried) : ""
    const { status, body } = await get(`oversight/index?${query({ index, period, by, draft, weights })}`)
    if (mine !== this.asking) return
    this.sheet.state.hidden = status === 200
    if (status !== 200) {
      if (!same) fill(this.weights)
      fill(this.sheet.body)
      say(this.about, "")
      return say(this.sheet.state, status === 503 ? t("oversight.away") : words.pick(body?.words) || (body?.error ?? t("oversight.away")))
    }
    this.told = /** @type {Sent.IndexTold} */ (body)
    if (!same || !this.weights.childElementCount) this.form(this.told)
    this.draw(this.told)
  }

  /**
   * The weights of the indicators, to be tried.
   * @param {Sent.IndexTold} told
   */
  form(told) {
    const inputs = weighted(told.indicators).map(({ id, name, weight }) => {
      const node = el("input", "weight")
      node.inputMode = "decimal"
      node.size = 4
      node.value = this.tried[id] ?? String(weight)
      node.ariaLabel = `${words.pick(name)} %`
      node.oninput = () => {
        this.tried = { ...this.tried, [id]: node.value }
        this.total(told)
      }
      return el("label", "", `${words.pick(name)} `, node)
    })
    this.send = el("button", "btn", t("oversight.index_try"))
    this.send.type = "submit"
    this.weights.onsubmit = (event) => {
      event.preventDefault()
      this.ask()
    }
    const back = button("btn", () => {
      this.tried = {}
      this.form(told)
      this.ask()
    }, t("oversight.index_back"))
    fill(this.weights, el("span", "", t("oversight.index_weights")), ...inputs, this.send, back)
    this.total(told)
  }

  /** @param {Sent.IndexTold} told */
  total(told) {
    const sum = weightsSum(told.indicators, this.tried)
    const wrong = !(Math.abs(sum - 100) <= ROUNDED)
    say(this.sum, wrong ? t("oversight.index_sum").replace("{}", Number.isNaN(sum) ? "—" : String(Number(sum.toFixed(6)))) : "")
    if (this.send) this.send.disabled = wrong
  }

  /** @param {Sent.IndexTold} told */
  draw(told) {
    const { indicators, scores, version, adopted, over, changed, present, provenance, source, mark, weights } = told
    const whose = `${provenance} · ${words.pick(source)} · ${t(`oversight.sure_${mark}`)}`
    say(this.about, [
      t(adopted ? "oversight.index_adopted" : "oversight.index_is_draft").replace("{}", version),
      over ? "" : t("oversight.index_not_over"),
      t("oversight.index_present").replace("{}", String(present)),
      changed.length ? t("oversight.index_changed").replace("{}", changed.join(t("comma"))) : "",
      whose,
    ].filter(Boolean).join(" · "))
    const trying = Object.keys(weights).length > 0
    const heads = ["name", "score", "band"].map((name) => el("span", name === "score" ? "n" : "", t(`oversight.index_head_${name}`)))
    const other = trying ? [el("span", "n", t("oversight.index_other")), el("span", "n", t("oversight.index_by"))] : []
    const tops = indicators.map((each) => {
      const node = el("span", "two n", el("span", "", words.pick(each.name)), el("small", "", [each.rule === "veto" ? t("oversight.rule_veto") : `${weights[each.id] ?? each.weight} %`, each.missing ? t(`oversight.missing_${each.missing}`) : ""].filter(Boolean).join(" · ")))
      node.title = ruleWords(each)
      return node
    })
    const rows = scores.map((each) => this.row(each, told, trying))
    const table = el("div", "itable", el("div", "irow heads", heads[0], heads[1], ...other, heads[2], ...tops), ...rows)
    table.style.setProperty("--columns", `minmax(180px, 1.4fr) 74px ${trying ? "74px 66px " : ""}160px repeat(${indicators.length}, minmax(118px, 1fr))`)
    fill(this.sheet.body, table)
  }

  /**
   * @param {Sent.ScoreTold} each
   * @param {Sent.IndexTold} told
   * @param {boolean} trying
   */
  row(each, told, trying) {
    const name = told.by === "unit" ? words.pick(each.name) || each.key : words.pick(this.book?.districts[each.key]) || each.key
    const other = trying ? [el("span", "n", fixed(each.other)), el("span", "n", difference(each))] : []
    const beside = each.objections ? t("oversight.objections_beside").replace("{}", String(each.objections)) : ""
    const band = trying && each.other_band ? `${words.pick(each.band)} → ${words.pick(each.other_band)}` : words.pick(each.band) || words.pick(each.why)
    const shown = el("span", "band", band)
    shown.title = band
    return el(
      "div",
      "irow",
      el("span", "two", el("span", "name", name), beside ? el("small", "", beside) : null),
      el("span", "n score", fixed(each.score)),
      ...other,
      shown,
      ...each.parts.map((part) => this.part(part, each, told, name)),
    )
  }

  /**
   * @param {Sent.PartTold} part
   * @param {Sent.ScoreTold} each
   * @param {Sent.IndexTold} told
   * @param {string} name
   */
  part(part, each, told, name) {
    const measure = this.book?.measures.find(({ id }) => id === part.measure)
    const way = part.of && measure ? () => this.open({ measure: part.measure, behind: worse(measure), since: told.since, until: told.until, way: told.by, key: each.key }) : null
    const number = part.value === null ? "—" : `${part.value.toFixed(1)}${measure ? " %" : ""}`
    const under = part.missing ? t(`oversight.missing_${part.missing}`) : part.vetoes ? t("oversight.rule_veto") : measure ? `${words.number(part.count)}/${words.number(part.of)} · ${number}` : number
    const points = part.score === null && part.rule !== "veto" ? "—" : signed(part.points)
    return el("span", "two n", opens(points, way, `${name} ${measure ? words.pick(measure.name) : part.id}`, "b"), el("small", "", under))
  }
}

/**
 * A score; a dash where there is none.
 * @param {number | null} score
 */
const fixed = (score) => (score === null ? "—" : score.toFixed(2))

/**
 * A number with its sign; what rounds to nothing has none.
 * @param {number} number
 */
const signed = (number) => (Math.abs(number) < 0.005 ? "0.00" : `${number > 0 ? "+" : "−"}${Math.abs(number).toFixed(2)}`)

/**
 * By how much a score would be another.
 * @param {Sent.ScoreTold} each
 */
const difference = ({ score, other }) => (score === null || other === null ? "—" : signed(other - score))

/**
 * How an indicator becomes a score, in words.
 * @param {Sent.IndicatorTold} each
 */
function ruleWords({ rule, target, poor, good, cap, least }) {
  const numbers = [target === null ? "" : `${t("oversight.target")} ${target}`, poor === null ? "" : `${poor} → 60`, good === null ? "" : `${good} → 100`, cap === null ? "" : `≤ ${cap}`].filter(Boolean)
  return [t(`oversight.rule_${rule}`), ...numbers, t("oversight.index_least").replace("{}", String(least))].join(" · ")
}
