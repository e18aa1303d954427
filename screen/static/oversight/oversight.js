/* Oversight 监督一览: the leader's one page first, then city, district, unit; every figure opens the cases behind it. No clerk, no caller, no rank. */

import { Bar, NEEDS } from "../common/bar.js"
import { begunAt, button, el, say } from "../common/dom.js"
import { listKey } from "../common/list_keys.js"
import { hostOf, mountPage } from "../common/page.js"
import { get } from "../common/server/get.js"
import { Link } from "../common/server/link.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { Jobs } from "../replay/jobs/jobs.js"
import { Renewal } from "../wall/renewal.js"
import { DutiesSheet } from "./beside/duties.js"
import { IndexSheet } from "./beside/index.js"
import { Objections } from "./beside/objections.js"
import { ReckonedSheet } from "./beside/reckoned.js"
import { Cases } from "./cases.js"
import { Corrections } from "./corrections.js"
import { Counts } from "./counts.js"
import { leftOut, reasons, worse } from "./figure.js"
import { Kiosk } from "./kiosk.js"
import { Lists } from "./lists.js"
import { Measures } from "./measures.js"
import { SHEETS, asked, isView, narrow, opened, openedWord, periodOf, read, written } from "./query.js"
import { Scope } from "./scope.js"
import { Split } from "./split.js"

/** @typedef {import("./query.js").Query} Query */
/** @typedef {import("./query.js").Opened} Opened */

const TICK = 250

/** Milliseconds after which the leader's page is asked for again; the rest where anything has changed. */
const AGAIN = 5000

/** Milliseconds after which units are held against each other anew, where nothing else was chosen meanwhile. */
const COMPARED = 30_000

/** The keys that open the sheets. @type {Record<string, string>} */
const KEYS = { index: "I", duties: "W", reckoned: "B" }

/**
 * Draw the page into a component's root; the answer takes it away again.
 * @param {ShadowRoot} root
 */
export const mount = (root) => mountPage(root, ["common/work.css", "oversight/oversight.css", "oversight/beside.css", "oversight/kiosk.css"], () => new Oversight(hostOf(root)))

class Oversight {
  /** @type {Sent.OversightBook | null} */
  book = null
  /** @type {Sent.LeadPage | null} */
  lead = null
  /** @type {Sent.OversightFigures | null} */
  figures = null
  away = false
  /** What the figures that are shown are of: the log's time, and what was asked. */
  drawn = ""
  /** What units were held against each other by, and when. @type {{ path: string, at: number } | null} */
  comparedOf = null
  asked = -Infinity
  asking = 0

  /** @param {HTMLElement} host */
  constructor(host) {
    const address = new URLSearchParams(location.search)
    this.query = read(address)
    this.bar = new Bar("oversight", host)
    this.jobs = new Jobs(() => {
      this.cases.exports.tell()
      this.duties.tell()
    })
    const open = (/** @type {Opened} */ wanted) => this.change({ open: openedWord(wanted) })
    this.scope = new Scope((fields) => this.change(fields))
    this.counts = new Counts((group) => open({ group }))
    this.lists = new Lists(open)
    this.measures = new Measures((measure) => this.choose(measure), open)
    this.split = new Split((by) => this.change({ by }), open, (by, key) => this.change({ [by === "unit-kind" ? "unit_kind" : by]: key }))
    this.corrections = new Corrections()
    this.objections = new Objections(() => this.again())
    this.cases = new Cases(this.jobs, () => this.change({ open: "" }), () => this.again())
    this.index = new IndexSheet(() => this.change({ sheet: "" }), open)
    this.duties = new DutiesSheet(this.jobs, () => this.change({ sheet: "" }))
    this.reckoned = new ReckonedSheet(() => this.change({ sheet: "" }))
    this.sheets = SHEETS.map((name) => {
      const node = button("btn", () => this.change({ sheet: this.query.sheet === name ? "" : name }))
      node.append(el("kbd", "", KEYS[name]), t(`oversight.${name}`))
      node.hidden = true
      return { name, node }
    })
    this.trouble = el("p", "trouble", t("oversight.reading"))
    this.trouble.role = "status"
    this.about = el("p", "about")
    this.enter = button("btn go", () => this.openChosen())
    this.enter.disabled = true
    this.enter.append(el("kbd", "", "Enter"), t("oversight.open_cases"))
    const left = el("div", "left", this.lists.oldest.node, this.lists.frequent.node)
    const middle = el("div", "middle", this.measures.node, this.split.node)
    const right = el("div", "right", this.lists.supervision.node, this.lists.returned.node, this.objections.node, this.corrections.node)
    const foot = el("footer", "foot", this.about, this.enter, ...this.sheets.map(({ node }) => node), el("small", "r", t("oversight.foot")))
    this.page = el("div", "page", this.scope.node, this.trouble, this.counts.node, el("div", "three", left, middle, right, this.index.node, this.duties.node, this.reckoned.node, this.cases.node), foot)
    this.kiosk = address.has("kiosk") ? new Kiosk() : null
    this.renewal = new Renewal()
    this.node = el("div", `work oversight ${words.language}`, ...(this.kiosk ? [this.kiosk.node] : [this.bar.node, this.page]))
    this.node.classList.toggle("kiosk", Boolean(this.kiosk))
    this.node.dataset.state = "reading"
    this.scope.search.oninput = () => this.drawFigures()
    this.keys = (/** @type {KeyboardEvent} */ event) => this.key(event)
    addEventListener("keydown", this.keys)
    this.link = new Link((names) => this.news(names), this.kiosk ? NEEDS : [...NEEDS, "jobs"])
    this.timer = setInterval(() => this.draw(), TICK)
  }

  /** @param {string[]} names */
  news(names) {
    if (names.includes("jobs") && (this.book?.may_export || this.book?.may_study)) this.jobs.take(this.link.sections.jobs ?? [])
    this.draw()
  }

  draw() {
    this.bar.show(this.link)
    if (this.kiosk) this.renewal.tick(this.link.about.version, !this.away)
    if (performance.now() - this.asked < AGAIN) return
    this.asked = performance.now()
    this.ask()
  }

  /** The book once, the leader's page, and the rest where it has changed. */
  async ask() {
    const mine = ++this.asking
    if (!this.book) {
      const { status, body } = await get("oversight/book")
      if (status !== 200) return this.fail(status)
      this.book = /** @type {Sent.OversightBook} */ (body)
      if (this.book.may_export || this.book.may_study) this.jobs.refresh()
      if (!this.measure) this.query.measure = this.book.measures[0]?.id ?? ""
      this.scope.show(this.book, this.query)
      this.cases.show(opened(this.query.open), this.query, this.book)
      this.turnSheets(this.book)
    }
    const { status, body } = await get(`oversight/lead?${asked(narrow(this.query))}`)
    if (mine !== this.asking) return
    if (status !== 200) return this.fail(status, body)
    this.lead = /** @type {Sent.LeadPage} */ (body)
    if (this.lead.state.book !== this.book.state.book) {
      this.book = null // the service measures otherwise now
      this.asked = -Infinity
      return
    }
    const { measure, by } = this.query
    const { since, until } = this.period
    const wanted = [this.lead.state.at, since, until, measure, by, asked(narrow(this.query))].join(" ")
    if (wanted !== this.drawn && !(await this.read(mine))) return
    if (mine !== this.asking) return
    this.drawn = wanted
    this.well()
  }

  /** The chosen measure, once the book is known. */
  get measure() {
    return this.book?.measures.find(({ id }) => id === this.query.measure)
  }

  /** The months that are asked for: the running one of the log where a person has chosen none. */
  get period() {
    return periodOf(this.query, (this.lead ?? this.book)?.state.day ?? "")
  }

  /**
   * The figures of the period, those of the chosen measure by rows, and the corrections.
   * @param {number} mine
   */
  async read(mine) {
    const { measure, by } = this.query
    const { since, until } = this.period
    const narrowed = narrow(this.query)
    const apart = isView(by) ? this.compare(`oversight/compare?${asked({ ...narrowed, since, until, measure })}`) : `oversight/rows?${asked({ ...narrowed, since, until, measure, by })}`
    const wanted = this.kiosk ? [] : [`oversight/corrections?${asked({ ...narrowed, count: 30 })}`, `oversight/objections?${asked({ ...narrowed, count: 30 })}`, ...(apart ? [apart] : [])]
    const answers = await Promise.all([`oversight/figures?${asked({ ...narrowed, since, until })}`, ...wanted].map(get))
    if (mine !== this.asking) return false
    const bad = answers.find(({ status }) => status !== 200)
    if (bad) {
      this.fail(bad.status, bad.body)
      return false
    }
    const [figures, corrected, objected, beside] = answers.map(({ body }) => body)
    this.figures = /** @type {Sent.OversightFigures} */ (figures)
    this.corrected = /** @type {Sent.OversightCorrections | undefined} */ (corrected)
    this.objected = /** @type {Sent.OversightObjections | undefined} */ (objected)
    if (!apart || this.kiosk) return true
    if (isView(by)) {
      this.compared = /** @type {Sent.Comparison} */ (beside)
      this.comparedOf = { path: apart, at: performance.now() }
    } else this.rows = /** @type {Sent.OversightRows} */ (beside)
    return true
  }

  /**
   * What is asked to hold units against each other; nothing for a time, or where that was just told.
   * @param {string} path
   */
  compare(path) {
    if (this.measure?.unit !== "%") return ""
    const known = this.comparedOf
    return known?.path === path && performance.now() - known.at < COMPARED ? "" : path
  }

  /** Somebody has said something of a figure: ask for all of it anew. */
  again() {
    this.drawn = ""
    this.comparedOf = null
    this.asked = performance.now()
    this.ask()
  }

  /**
   * The sheets that the person may open, and the one that is.
   * @param {Sent.OversightBook} book
   */
  turnSheets(book) {
    const reaches = book.whole || book.own.length > 0
    const may = /** @type {Record<string, boolean>} */ ({ index: reaches, duties: book.may_study, reckoned: reaches })
    const open = may[this.query.sheet] ? this.query.sheet : ""
    for (const { name, node } of this.sheets) {
      node.hidden = !may[name]
      node.ariaPressed = String(open === name)
    }
    this.index.show(open === "index", book)
    this.duties.show(open === "duties", book)
    this.reckoned.show(open === "reckoned", book, this.query, this.period)
  }

  /**
   * Nothing was told: what is shown is old, and is said to be.
   * @param {number} status
   * @param {{ error?: string } | null} [body]
   */
  fail(status, body = null) {
    this.away = status !== 422
    this.node.dataset.state = "away"
    this.node.classList.toggle("old", this.away)
    this.trouble.hidden = false
    if (!this.figures) this.measures.none.hidden = true
    const since = this.lead ? ` · ${t("oversight.old_of")} ${words.moment(Date.parse(this.lead.state.at))}` : ""
    say(this.trouble, this.away ? `${t("oversight.away")}${since}` : (body?.error ?? ""))
    this.kiosk?.show(this.lead, this.figures, this.book, this.away, this.link.about.mark ?? "live")
  }

  well() {
    this.away = false
    this.node.dataset.state = "told"
    this.node.classList.remove("old")
    this.trouble.hidden = true
    const { book, lead, figures } = this
    if (!book || !lead || !figures) return
    this.kiosk?.show(lead, figures, book, false, this.link.about.mark ?? "live")
    if (this.kiosk) return
    this.scope.tell(lead.state, this.link.sections.time?.now)
    this.counts.show(lead, book.whole || Boolean(this.query.own))
    this.lists.show(lead, book)
    this.corrections.show(this.corrected ?? null, book)
    this.objections.show(this.objected, book)
    this.drawFigures()
  }

  drawFigures() {
    const { book, figures, lead } = this
    if (!book || !figures || !lead) return
    this.measures.show(book, figures, this.scope.search.value, lead)
    this.beside()
  }

  /** The chosen measure taken apart, and what the foot says of it. */
  beside() {
    const { book, figures, measure } = this
    if (!book || !figures || !measure) return
    this.measures.choose(measure.id, false)
    this.split.show(measure, this.rows ?? null, book, this.query.by, figures, this.compared)
    const figure = figures.lines.find((each) => each.measure === measure.id)?.figure
    const out = figure && leftOut(figure) ? [`${t("oversight.left_out")} ${words.number(leftOut(figure))}：${reasons(figure, measure)}`] : []
    say(this.about, [`${t("oversight.chosen")} ${words.pick(measure.name)}`, t(`oversight.${measure.reading}`), ...out].join(" · "))
    this.enter.disabled = !figures.opens
  }

  /** @param {string} measure */
  choose(measure) {
    if (measure === this.query.measure) return
    this.change({ measure })
    this.measures.choose(measure)
  }

  /** Open the cases that were not done as they should of the chosen measure. */
  openChosen() {
    const { figures, measure } = this
    if (measure && figures?.opens) this.change({ open: openedWord({ measure: measure.id, behind: worse(measure), since: figures.since, until: figures.until }) })
  }

  /**
   * What a person has chosen: the address keeps it, and what it changes is asked for.
   * @param {Partial<Query>} fields
   */
  change(fields) {
    Object.assign(this.query, fields)
    const url = new URL(location.href)
    for (const [name, value] of written(this.query)) {
      if (value) url.searchParams.set(name, value)
      else url.searchParams.delete(name)
    }
    history.replaceState(history.state, "", url)
    if (!this.book) return
    this.scope.show(this.book, this.query)
    if ("measure" in fields || "by" in fields) {
      this.rows = this.compared = undefined
      this.comparedOf = null
      this.beside()
    }
    if ("sheet" in fields || this.query.sheet === "reckoned") this.turnSheets(this.book)
    const { open, ...others } = fields
    delete others.sheet
    if (open !== undefined || Object.keys(others).some((name) => name !== "measure" && name !== "by")) this.cases.show(opened(this.query.open), this.query, this.book)
    if (Object.keys(others).length) {
      this.asked = performance.now()
      this.ask()
    }
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.book || this.kiosk || event.ctrlKey || event.altKey || event.metaKey) return
    const press = this.press(event.key, begunAt(event))
    if (!press) return listKey(event, this.scope.search, (by) => (this.query.open ? this.cases.step(by) : this.measures.step(by)))
    event.preventDefault()
    press()
  }

  /**
   * What a key does here that is no list's; null for any other.
   * @param {string} key
   * @param {HTMLElement} at where it was pressed
   */
  press(key, at) {
    const open = Boolean(this.query.open)
    if (at.matches?.("input, select, textarea")) return null
    if (key === "Enter") return open || at.matches?.("button, a") ? null : () => this.openChosen()
    if (open && key === "Escape") return () => this.change({ open: "" })
    if (this.query.sheet && key === "Escape") return () => this.change({ sheet: "" })
    const turned = this.sheets.find(({ name, node }) => !node.hidden && KEYS[name] === key.toUpperCase())
    if (turned) return () => turned.node.click()
    if (open && key.toLowerCase() === "x") return () => this.cases.exports.turn(true)
    return null
  }

  close() {
    clearInterval(this.timer)
    removeEventListener("keydown", this.keys)
    this.link.close()
    this.node.remove()
  }
}
