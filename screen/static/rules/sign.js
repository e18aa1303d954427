/* One sign of the city as a page of the book: formula, thresholds with their basis, whose it is, how it stands with its day and band, by which
   rules it calls, other thresholds over past time, its cases. */

import { el, fill, option, say } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import { get } from "../common/server/get.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { stateGlyph } from "../wall/signs/cell.js"
import { chart } from "../wall/signs/chart.js"
import { ageOf, covered, isOut, limitText, seal, shownUnit, shownValue, stateOf, whyNot } from "../wall/signs/reading.js"
import { bar } from "./chosen.js"
import { SignWhatIf } from "./sign_whatif.js"

/** Pixels of the day's chart, and of what is written beside it. */
const [WIDE, TALL, GUTTER] = [600, 150, 96]

/** Milliseconds after which an age is told anew. */
const SLOW = 10_000

export class SignPage {
  /** @type {string} */
  id = ""
  /** @type {Sent.SignSpec | null} */
  sign = null
  /** @type {Sent.SignArea[]} */
  areas = []
  /** @type {string} */
  told = ""

  /**
   * `choose(key)` leads to a rule.
   * @param {import("../replay/jobs/jobs.js").Jobs} jobs
   * @param {(key: string) => void} choose
   */
  constructor(jobs, choose) {
    this.choose = choose
    this.whatif = new SignWhatIf(jobs)
    this.mark = el("div", "mark")
    this.title = el("h2")
    this.under = el("p", "under")
    this.formula = el("section", "formula")
    this.limits = el("section", "limits-of")
    this.whose = el("section", "whose")
    this.area = el("select", "area")
    this.area.ariaLabel = t("sign_page.area")
    this.area.onchange = () => this.draw()
    this.now = el("div", "standing")
    this.day = el("div", "day")
    this.calls = el("section", "counts")
    this.cases = el("section", "cases")
    const standing = el("section", "", el("h3", "", t("sign_page.now"), this.area), this.now, this.day)
    const columns = el("div", "columns", el("div", "", this.formula, this.limits, this.whose), el("div", "", standing, this.calls))
    this.node = el("article", "sign", el("header", "top", this.mark, el("div", "", this.title, this.under)), columns, this.whatif.node, this.cases)
    this.node.hidden = true
  }

  hide() {
    this.node.hidden = true
    this.sign = null
    this.id = ""
  }

  /**
   * @param {string} id
   * @param {Sent.SignSpec} sign
   * @param {Sent.Book} book
   */
  show(id, sign, book) {
    Object.assign(this, { id, sign, areas: [], told: "" })
    this.node.hidden = false
    if (this.node.parentElement) this.node.parentElement.scrollTop = 0
    const [one, other] = bothOf(sign.name)
    say(this.title, one)
    const second = el("span", "other", other)
    second.lang = words.language === "zh" ? "en" : "zh-CN"
    const mark = seal(sign)
    const facts = [id, words.pick(book.domains[sign.owner]?.title), `${t("signs.window")} ${sign.window}`, t(`signs.whose_${mark?.whose}`), mark?.open ? t("signs.open") : "", sign.version ? `${t("rules.version")} ${sign.version.slice(0, 12)}` : ""]
    fill(this.under, second, ` ${facts.filter(Boolean).join(" · ")}`)
    fill(this.mark, el("span", `pv ${mark?.whose}`, t(`signs.seal_${mark?.whose}`)))
    fill(this.formula, ...formula(sign))
    fill(this.limits, ...limits(sign), ...this.rules(sign, book))
    fill(this.whose, ...whose(sign), ...this.opens(sign, book))
    fill(this.cases, ...cases(sign))
    fill(this.now, el("p", "none", t("signs.reading")))
    fill(this.day)
    fill(this.calls)
    fill(this.area)
    this.whatif.show(id, sign)
  }

  /** How it stands, asked again while it is shown. */
  async ask() {
    const { id } = this
    const { status, body } = await get(`sign/${encodeURIComponent(id)}`)
    if (status !== 200 || id !== this.id) return
    this.areas = body.areas
    if (this.area.options.length !== this.areas.length) fill(this.area, ...this.areas.map(({ code, name }) => option(code, words.pick(name))))
    this.whatif.places(this.areas)
    this.draw()
  }

  /** The figure of the chosen area and its day; drawn anew where something of it is. */
  draw() {
    const found = this.areas.find(({ code }) => code === this.area.value)
    if (!found || !this.sign) return
    const told = JSON.stringify([found, this.clock && Math.floor(this.clock / SLOW)])
    if (told === this.told) return
    this.told = told
    const { figure, alert } = found
    const state = stateOf(figure)
    fill(this.day, ...day(found, this.sign))
    const level = el("b", isOut(state) ? state : "", shownValue(figure, this.sign.unit), " ", el("small", "", shownUnit(figure, this.sign.unit)))
    const why = state === "na" ? el("span", "", t(`signs.why_${whyNot(figure, this.sign.floor)}`)) : null
    const facts = figure ? [`${t("signs.covered")} ${covered(figure)}`, `${t("signs.age")} ${ageOf(figure, this.clock)}`, `${t("signs.since")} ${words.moment(figure.since)}`, `${t("signs.counts")} ${words.number(figure.numerator, 2)} / ${words.number(figure.denominator, 2)}`] : []
    const other = figure && this.sign.version && figure.version !== this.sign.version ? el("span", "tag M", `${t("sign_page.other_version")} ${figure.version.slice(0, 12)}`) : null
    fill(this.now, ...(isOut(state) ? [stateGlyph(state, alert, 20)] : []), level, why, el("span", "facts", facts.join(" · ")), other)
  }

  /** @type {number | null} the log's time now */
  clock = null

  /** @param {{ days: number[], raised: Record<string, number[]> }} now */
  count({ days, raised }) {
    if (!this.sign) return
    const rule = this.sign.rules.find((each) => !each.endsWith("-missing"))
    if (!rule) return
    const counts = raised[rule] ?? days.map(() => 0)
    const most = Math.max(...counts, 1)
    const sum = counts.reduce((one, other) => one + other, 0)
    fill(this.calls, el("h3", "", t("sign_page.crossed"), el("small", "", `${days.length} ${t("unit.day")} · ${words.number(sum)} ${t("unit.count")}`)), el("ol", "days", ...days.map((each, n) => bar(each, counts[n], most, n === days.length - 1))))
  }

  /**
   * By which rules it calls, and since when the log has them.
   * @param {Sent.SignSpec} sign
   * @param {Sent.Book} book
   */
  rules(sign, book) {
    const adopted = book.adopted ? `${t("rules.adopted")} ${words.moment(Date.parse(book.adopted))}` : t("rules.files")
    const rows = this.links(sign.rules, book)
    return [el("h3", "", t("sign_page.rules"), el("small", "", `${t("rules.book")} ${book.hash.slice(0, 12)} · ${adopted}`)), ...(rows.length ? rows : [el("p", "none", t("sign_page.no_rules"))])]
  }

  /**
   * The rules whose alerts stand behind it.
   * @param {Sent.SignSpec} sign
   * @param {Sent.Book} book
   */
  opens(sign, book) {
    return sign.opens.length ? [el("h3", "", t("sign_page.opens")), ...this.links(sign.opens, book)] : []
  }

  /**
   * @param {string[]} ids
   * @param {Sent.Book} book
   */
  links(ids, book) {
    return book.rules.filter(({ id }) => ids.includes(id)).map(({ id, rule }) => {
      const node = el("a", "to", glyph(rule.severity, { phase: rule.phase, size: 14 }), `${rule.row} ${words.pick(rule.title)}`)
      node.href = `/rules?${new URLSearchParams({ rule: id, lang: words.language })}`
      node.onclick = (event) => { event.preventDefault(); this.choose(id) }
      return node
    })
  }
}

/**
 * The 24 hours of an area with the limits, and what is drawn there.
 * @param {Sent.SignArea} area
 * @param {Sent.SignSpec} sign
 */
function day({ name, figure }, sign) {
  const drawn = chart(figure, sign, sign.limits, { width: WIDE, height: TALL, gutter: GUTTER, time: true, id: "na-sign" })
  drawn.role = "img"
  drawn.ariaLabel = `${words.pick(name)} ${t("signs.day")} ${shownValue(figure, sign.unit)}`
  const said = figure?.trend ? (figure.band?.length ? "band" : "no_band") : "not_yours"
  return [drawn, el("p", "source", t(`sign_page.${said}`))]
}

/**
 * A text in this language, and in the other.
 * @param {Sent.Text} text
 */
function bothOf(text) {
  if (typeof text === "string") return [text, ""]
  const [one, other] = words.language === "zh" ? [text.zh, text.en ?? ""] : [text.en || text.zh, text.zh]
  return [one, other]
}

/** @param {Sent.SignSpec} sign */
function formula({ what, formula: line, reads, floor, floor_basis: basis, undue, unit, better, same_as: measure }) {
  const coverage = floor === null ? `${t("sign_page.no_floor")}${undue ? `：${words.pick(undue)}` : ""}` : `${words.number(100 * floor, 1)}% · ${words.pick(basis)}`
  /** @type {[string, string][]} */
  const facts = [
    [t("rules.value"), `${words.measure(unit)} · ${t(`sign_page.better_${better}`)}`],
    [t("rules.reads"), reads.join(t("comma")) || t("sign_page.reads_judging")],
    [t("sign_page.floor"), coverage],
    ...(measure ? [/** @type {[string, string]} */ ([t("sign_page.same_as"), measure])] : []),
  ]
  return [el("h3", "", t("signs.formula")), el("blockquote", "", words.pick(what)), el("p", "", el("code", "", line)), el("dl", "", ...facts.flatMap(([name, text]) => [el("dt", "", name), el("dd", "", text)]))]
}

/** @param {Sent.SignSpec} sign */
function limits(sign) {
  const title = el("h3", "", t("sign_page.limits"), el("small", "", sign.limits.length ? `${t("sign_page.delay")} ${sign.delay} · ${t("sign_page.deadband")} ${sign.deadband} ${words.measure(sign.unit)}` : ""))
  if (!sign.limits.length) return [title, el("p", "none", t("signs.no_limits"))]
  const rows = sign.limits.map(({ severity, value, basis }) => {
    const level = el("th", "", el("span", "part", glyph(severity, { size: 16 }), t(`severity.${severity}`)))
    level.scope = "row"
    return el("tr", "", level, el("td", "", el("b", "", limitText(value, sign, " "))), el("td", "", words.pick(basis)))
  })
  return [title, el("table", "", el("tbody", "", ...rows))]
}

/** @param {Sent.SignSpec} sign */
function whose({ source, provenance, mark, department, guidance }) {
  return [el("h3", "", t("sign_page.whose")), el("p", "", words.pick(source), " ", el("span", mark === "certain" ? "tag" : "tag M", `${t(`signs.whose_${seal({ provenance, mark })?.whose}`)} · ${t(`sign_page.mark_${mark}`)}`)), el("h3", "", t("story.department")), el("p", "", el("b", "", words.pick(department))), el("h3", "", t("story.guidance")), el("p", "", words.pick(guidance))]
}

/** @param {Sent.SignSpec} sign */
function cases({ cases: found }) {
  const rows = found.map(({ name, at, state, numbers }) => {
    const comes = [t(state === "na" || state === "ok" ? `signs.state_${state}` : `severity.${state}`), ...Object.entries(numbers).map(([key, value]) => `${t(`sign_page.number_${key}`)} ${words.number(value, 6)}`)]
    const title = el("th", "", words.pick(name))
    title.scope = "row"
    return el("tr", "", title, el("td", "", at.slice(0, 16).replace("T", " ")), el("td", "", comes.join(t("comma"))))
  })
  return [el("h3", "", t("rules.cases"), el("small", "", `${found.length} · ${t("rules.cases_how")}`)), el("table", "", el("tbody", "", ...rows))]
}
