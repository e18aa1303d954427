/* One sign opened: formula with its numbers, the day with all limits, inputs, districts; of the one that is pressed its own figure, and how
   to have sources and records told. */

import { arrange, button, change, el, fill, say } from "../../common/dom.js"
import { SEVERITIES, glyph } from "../../common/marks.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"
import { Behind } from "./behind.js"
import { bar, showSeal, stateGlyph } from "./cell.js"
import { chart } from "./chart.js"
import { ageOf, counted, covered, drag, isOut, limitText, percent, shownUnit, shownValue, signed, stateOf } from "./reading.js"

/** @typedef {{ place: number, area: string }} Opened which sign, and of which area its figure is told */

export class Drill {
  /** @type {string} */
  key
  /** @type {Opened | null} */
  opened = null

  /**
   * `changed()` is called when a person opens or shuts something, `story(id)` when somebody presses the sign's alert.
   * @param {() => void} changed
   * @param {(id: string) => void} story
   */
  constructor(changed, story) {
    this.changed = changed
    this.story = story
    this.mark = el("span", "mark")
    this.name = el("b")
    this.about = el("small")
    this.seal = el("span", "pv")
    this.source = el("small", "source")
    this.hides = el("span", "r k")
    this.page = el("a", "key", `${t("signs.page")} →`)
    const shut = button("key shut", () => this.shut(), `Esc ${t("signs.shut")}`)
    this.formula = el("div", "formula")
    this.day = el("div", "day")
    this.inputs = el("div", "inputs")
    this.partsHead = el("div", "h")
    this.list = el("div", "lis")
    /** @type {Map<string, HTMLElement>} */
    this.items = new globalThis.Map()
    this.one = el("div", "one")
    this.behind = new Behind()
    this.again = el("div", "again")
    this.node = el("section", "drill", el("div", "ph", this.mark, this.name, this.about, this.seal, this.source, this.hides, this.page, shut), this.formula, this.day, this.inputs, el("div", "parts", this.partsHead, this.list), el("div", "right", this.one, this.behind.node), this.again)
    this.node.hidden = true
    this.node.tabIndex = -1
  }

  /**
   * @param {number} place
   * @param {string} area
   */
  open(place, area) {
    this.choose(place, area)
    this.node.focus({ preventScroll: true })
  }

  /**
   * Another area of the sign that is open.
   * @param {number} place
   * @param {string} area
   */
  choose(place, area) {
    this.opened = { place, area }
    this.changed()
  }

  shut() {
    this.opened = null
    this.changed()
  }

  /**
   * @param {import("./cell.js").Known} known
   * @param {{ columns: number, left: number, hidden: Sent.SignRow[] }} how `left`: pixels; `hidden`: the signs that the panel covers
   */
  show({ signs, book, now, stale }, { left, hidden }) {
    const row = this.opened && signs.rows[this.opened.place]
    const about = row ? book[row.id] : undefined
    this.node.hidden = !row || !about
    if (!row || !about || !this.opened) return
    this.node.style.left = `${left}px`
    const key = JSON.stringify([this.opened, row, about, signs.parts.map(({ figures }) => figures[this.opened?.place ?? 0]), Math.floor((now ?? 0) / 10_000), stale, left])
    if (key === this.key) return
    this.key = key
    this.draw(this.opened, row, about, signs, stale ? null : now, hidden)
  }

  /**
   * @param {Opened} opened
   * @param {Sent.SignRow} row
   * @param {Sent.SignAbout} about
   * @param {Sent.Signs} signs
   * @param {number | null} now
   * @param {Sent.SignRow[]} hidden
   */
  draw({ place, area }, row, about, signs, now, hidden) {
    const found = row.figure
    const state = stateOf(found)
    this.node.dataset.sign = row.id
    this.node.ariaLabel = words.pick(about.name)
    change(this.mark, ...(isOut(state) ? [stateGlyph(state, row.alert, 22)] : []))
    say(this.name, words.pick(about.name))
    say(this.about, row.id)
    showSeal(this.seal, about)
    say(this.source, words.pick(about.source))
    this.source.title = words.pick(about.source)
    this.page.href = `/rules?${new URLSearchParams({ sign: row.id, lang: words.language })}`
    fill(this.hides, ...hides(hidden))
    fill(this.formula, ...formula(found, about))
    const drawn = chart(found, about, about.limits, { width: 450, height: 132, gutter: 96, time: true, id: "na-drill" })
    fill(this.day, el("div", "ph", t("signs.day"), el("small", "r", t("signs.by"))), drawn, ...limits(about, state))
    fill(this.inputs, inputs(found, about, now))
    const part = signs.parts.find(({ code }) => code === area)
    const its = part ? part.figures[place] : row
    this.districts(place, area, about, signs)
    fill(this.one, ...one(its.figure, (part ?? signs.area).name, about, now), ...this.ways(its.alert, area, !part))
    this.behind.show(row.id, part ? area : null, now)
    fill(this.again, ...again(row.id, area, its.figure, about))
  }

  /**
   * The districts, those that drag most first, then by value; each opens its own figure.
   * @param {number} place
   * @param {string} area
   * @param {Sent.SignAbout} about
   * @param {Sent.Signs} signs
   */
  districts(place, area, about, signs) {
    const whole = signs.rows[place].figure
    const sign = about.better === "higher" ? 1 : -1
    const rows = signs.parts.map((part) => ({ part, ...part.figures[place], by: drag(part.figures[place].figure, whole) }))
    /** @param {{ figure: Sent.SignFigure | null }} each */
    const untold = ({ figure: found }) => Number(stateOf(found) === "na")
    rows.sort((a, b) => untold(a) - untold(b) || sign * ((a.by ?? 0) - (b.by ?? 0)) || sign * ((a.figure?.value ?? 0) - (b.figure?.value ?? 0)))
    fill(this.partsHead, el("b", "", t("signs.districts")), String(rows.length), el("span", "r", `${t("signs.drag")} · ${words.measure(about.unit)}`))
    arrange(this.list, rows.map((row) => this.district(place, row, row.part.code === area, about)))
  }

  /**
   * @param {number} place
   * @param {{ part: Sent.SignPart, figure: Sent.SignFigure | null, alert: Sent.SignAlert | null, by: number | null }} row
   * @param {boolean} chosen
   * @param {Sent.SignAbout} about
   */
  district(place, { part, figure: found, alert, by }, chosen, about) {
    const state = stateOf(found)
    const node = this.items.get(part.code) ?? button("li", () => {})
    this.items.set(part.code, node)
    node.className = chosen ? "li on" : "li"
    node.onclick = () => this.choose(place, part.code)
    node.dataset.area = part.code
    change(node, el("span", "g", isOut(state) ? stateGlyph(state, alert, 18) : null), el("span", "", words.pick(part.name)), el("i", "", by === null || Math.abs(by) < 0.005 ? "0" : signed(by, 2)), el("em", "", shownValue(found, about.unit)))
    return node
  }

  /**
   * What else a press leads to: the alert's story, the district's own wall.
   * @param {Sent.SignAlert | null} alert
   * @param {string} area
   * @param {boolean} whole whether that is what this wall shows
   */
  ways(alert, area, whole) {
    const story = alert ? [button("key", () => this.story(alert.id), `${t("signs.alert")} ${words.minute(alert.raised)} · ${t(`state.${alert.state[0]}`)} →`)] : []
    const own = el("a", "key", `${t("signs.own")} →`)
    own.href = `/?${new URLSearchParams({ lang: words.language, view: "signs", area })}`
    return [el("div", "ways", ...story, whole ? null : own)]
  }
}

/** @param {Sent.SignRow[]} hidden */
function hides(hidden) {
  const { levels, na, ok } = counted(hidden)
  const shapes = SEVERITIES.flatMap((severity, n) => (levels[n] ? [glyph(severity, { size: 16, state: "C" }), el("span", "", String(levels[n]))] : []))
  return hidden.length ? [el("span", "", `${t("signs.hides")} ${hidden.length}`), ...shapes, ...(na ? [el("span", "", `NA ${na}`)] : []), ...(ok ? [el("span", "", `${t("signs.inside")} ${ok}`)] : [])] : []
}

/**
 * What is counted, in words, then in numbers: of what was due the part that came, and of that the numerator.
 * @param {Sent.SignFigure | null} found
 * @param {Sent.SignAbout} about
 */
function formula(found, about) {
  const head = el("div", "ph", t("signs.formula"), el("small", "", `${t("signs.window")} ${about.window}`))
  const what = el("p", "sub", words.pick(about.what))
  if (!found) return [head, what, el("p", "none", t("signs.why_untold"))]
  const state = stateOf(found)
  const ratio = el("div", "ratio", el("span", "", words.number(found.numerator, 2)), el("span", "", words.number(found.denominator, 2)))
  const value = el("b", isOut(state) ? state : "", shownValue(found, about.unit))
  return [head, what, el("div", "sum", ratio, "→", el("div", "", value, el("small", "", ` ${shownUnit(found, about.unit)}`)))]
}

/**
 * The limits by text: value and basis, the one reached in its colour.
 * @param {Sent.SignAbout} about
 * @param {Sent.SignState} state
 */
function limits(about, state) {
  if (!about.limits.length) return [el("p", "none", t("signs.no_limits"))]
  const rows = about.limits.map(({ severity, value, basis }) => {
    const mark = glyph(severity, { size: 16, state: severity === state ? "B" : "C" })
    const row = el("div", `lim ${severity === state ? severity : ""}`, mark, el("b", "", limitText(value, about, " ")), el("span", "", words.pick(basis)))
    row.title = words.pick(basis)
    return row
  })
  return [el("div", "lims", ...rows)]
}

/**
 * @param {Sent.SignFigure | null} found
 * @param {Sent.SignAbout} about
 * @param {number | null} now
 */
function inputs(found, about, now) {
  const floor = about.floor === null ? "—" : `${words.number(100 * about.floor, 1)}%`
  const cells = found
    ? [found.due === null ? t("signs.undue") : words.number(found.due, 0), words.number(found.valid, 0), found.coverage === null ? "—" : percent(found.coverage), floor, words.number(found.late, 0), words.number(found.corrected, 0), found.newest === null ? "—" : words.moment(found.newest), ageOf(found, now)]
    : ["—", "—", "—", floor, "—", "—", "—", "—"]
  const heads = ["due", "valid", "covered", "floor", "late", "corrected", "newest", "age"].map((name) => el("th", "", t(`signs.${name}`)))
  const reads = el("td", "", about.reads.join(", "))
  reads.title = about.reads.join(", ")
  return el("table", "it", el("thead", "", el("tr", "", el("th", "", t("signs.inputs")), ...heads)), el("tbody", "", el("tr", "", reads, ...cells.map((text) => el("td", "", text)))))
}

/**
 * The figure of the area that is opened.
 * @param {Sent.SignFigure | null} found
 * @param {Sent.Text} name
 * @param {Sent.SignAbout} about
 * @param {number | null} now
 */
function one(found, name, about, now) {
  const state = stateOf(found)
  const head = el("div", "h", el("b", "", words.pick(name)), ...(isOut(state) ? [stateGlyph(state, null, 16)] : []), el("span", "r", found ? `${t("signs.since")} ${words.moment(found.since)}` : ""))
  if (!found) return [head, el("p", "none", t("signs.why_untold"))]
  /** @type {[string, string][]} */
  const rows = [
    [t("signs.value"), `${shownValue(found, about.unit)} ${shownUnit(found, about.unit)}`],
    [t("signs.counts"), `${words.number(found.numerator, 2)} / ${words.number(found.denominator, 2)}`],
    [t("signs.covered"), `${covered(found)} · ${ageOf(found, now)}`],
    [`${t("signs.late")} · ${t("signs.corrected")}`, `${found.late} · ${found.corrected}`],
  ]
  return [head, bar(found, about.floor, 450), el("dl", "", ...rows.flatMap(([key, said]) => [el("dt", "", key), el("dd", "", said)]))]
}

/**
 * How anybody has the figure told from the log, with every input's topic, partition and offset.
 * @param {string} sign
 * @param {string} area
 * @param {Sent.SignFigure | null} found
 * @param {Sent.SignAbout} about
 */
function again(sign, area, found, about) {
  const at = found ? ` --at ${words.date(found.at)}T${words.clock(found.at)}+08:00` : ""
  const line = `python -m agents sign explain ${sign} --archive DIR --area ${area}${at}`
  const code = el("code", "", line)
  code.title = t("signs.records")
  const copy = button("key", () => navigator.clipboard?.writeText(line), t("signs.copy"))
  const told = found && stateOf(found) !== "na" ? `${words.number(found.numerator, 4)} ÷ ${words.number(found.denominator, 4)} → ${words.number(found.value ?? 0, 4)} ${words.measure(about.unit)} · ${t("signs.version")} ${words.digest(found.version)}` : t("signs.why_untold")
  return [el("div", "line", el("b", "", t("signs.again")), code, copy), el("div", "sub", told)]
}
