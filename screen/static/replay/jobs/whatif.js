/* What if: other parameters for some rules, judged over a time of the archive. The parameters are the rule book's own, with clause and unit. */

import { get } from "../../common/server/get.js"
import { button, el, fill, head, say } from "../../common/dom.js"
import { glyph } from "../../common/marks.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"
import { Progress } from "./jobs.js"
import { stamp } from "../time/period.js"
import { Results, opener } from "./results.js"
import { read, unitOf, written } from "./values.js"

/** Milliseconds after which a job that still waits makes the page say what might be wrong. */
const LONG = 15_000

/** Rules that are listed at once; a search finds the others. */
const LISTED = 80

export class WhatIf {
  /** @type {Map<string, Record<string, unknown>>} */
  draft = new Map()
  /** @type {Sent.Book | undefined} */
  book
  /** @type {boolean} */
  reading
  /** @type {Map<string, Sent.Rule>} */
  known = new Map()
  /** @type {string} */
  chosen
  /** @type {boolean} */
  sending
  /** @type {string | null} */
  asked
  /** @type {number} */
  since

  /**
   * `period()` gives the chosen time or null; `open(job)` shows a result.
   * @param {import("./jobs.js").Jobs} jobs
   * @param {() => { from: number, to: number } | null} period
   * @param {(job: Sent.Job) => void} open
   */
  constructor(jobs, period, open) {
    this.jobs = jobs
    this.period = period
    this.open = open
    this.search = Object.assign(el("input", "search"), { type: "search", placeholder: t("whatif.search"), ariaLabel: t("whatif.search") })
    this.search.oninput = () => this.list()
    this.found = el("div", "found")
    this.head = head(t("whatif.rules"))
    const rules = el("section", "rules", this.head.node, this.search, this.found)
    this.rule = el("div", "rule", el("p", "none", t("whatif.choose")))
    this.changes = el("div", "changes")
    this.send = button("do", () => this.ask(), t("whatif.ask"))
    this.time = el("span", "time")
    this.said = el("p", "said")
    this.said.role = "alert"
    this.progress = new Progress(jobs)
    this.progress.node.hidden = true
    const form = el("section", "form", this.rule, el("div", "draft", head(t("whatif.changed")).node, this.changes, el("div", "asking", this.send, this.time), this.said, this.progress.node))
    this.results = new Results(jobs, "whatif", t("whatif.earlier"), (job) => this.about(job), (job) => [opener(t("whatif.open"), () => open(job))])
    this.node = el("div", "whatif", rules, form, this.results.node)
    this.changed()
  }

  /** The rule book, once. */
  async ready() {
    if (this.book || this.reading) return
    this.reading = true
    fill(this.found, el("p", "none", t("rules.reading")))
    const { status, body } = await get("rules")
    this.reading = false
    if (status !== 200) return fill(this.found, el("p", "none", words.pick(body?.error) || t("whatif.no_book")))
    /** @type {Sent.Book} */
    const book = body
    this.book = book
    this.known = new Map(book.rules.map((each) => [each.id, each]))
    this.list()
    this.changed()
  }

  /** Rules in whose number, title, clause or department the words of the search stand; words may be there before the book. */
  list() {
    if (!this.book) return
    const asked = this.search.value.trim().toLowerCase().split(/\s+/)
    const matches = this.book.rules.filter((each) => asked.every((word) => this.text(each).includes(word)))
    say(this.head.small, `${matches.length} / ${this.book.rules.length}`)
    const rows = matches.slice(0, LISTED).map((each) => {
      const row = button("line", () => this.choose(each.id))
      row.append(glyph(each.rule.severity, { phase: each.rule.phase, size: 15 }), el("b", "", words.pick(each.rule.title)), el("span", "", each.rule.row))
      row.dataset.rule = each.id
      row.ariaPressed = String(each.id === this.chosen)
      return row
    })
    fill(this.found, ...rows, matches.length > LISTED ? el("p", "none", `${t("panel.more")} ${matches.length - LISTED}`) : null)
  }

  /** @param {Sent.Rule} rule */
  text({ id, domain, rule }) {
    const { edition = [], title } = this.book?.clauses[rule.clause] ?? {}
    return [id, domain, rule.row, rule.title.zh, rule.title.en, title?.zh, title?.en, ...edition.map((each) => `${each.edition} ${each.article}`), rule.guidance.zh].join("\n").toLowerCase()
  }

  /** @param {string} id */
  choose(id) {
    this.chosen = id
    for (const row of /** @type {HTMLElement[]} */ ([...this.found.children])) if (row.dataset.rule) row.ariaPressed = String(row.dataset.rule === id)
    const found = this.known.get(id)
    if (!found) return
    const { rule, unit } = found
    const fields = Object.entries(rule.with).map(([name, value]) => this.field(id, rule, unit, name, value))
    const top = el("div", "top", glyph(rule.severity, { phase: rule.phase, size: 26 }), el("div", "", el("h2", "", words.pick(rule.title)), el("p", "place", `${rule.row} · ${id} · ${t("whatif.judge")} ${rule.judge}`)))
    fill(this.rule, top, this.clause(rule), head(t("whatif.parameters"), t("whatif.parameters_by")).node, ...(fields.length ? fields : [el("p", "none", t("whatif.none"))]))
  }

  /**
   * The clause in the edition that was in force when the period began, with the limits that it sets.
   * @param {Sent.Rule["rule"]} rule
   */
  clause(rule) {
    const { edition: editions = [] } = this.book?.clauses[rule.clause] ?? {}
    const day = words.date(this.period()?.from ?? Date.now())
    const edition = editions.findLast(({ from }) => from <= day) ?? editions[0]
    if (!edition) return null
    const limits = Object.entries(edition.limits ?? {}).map(([item, limit]) => `${words.word(`item.${item}`) || item} ${words.number(limit, 3)}`)
    return el("div", "clause", el("p", "", el("b", "", `${edition.edition} ${edition.article}`)), el("blockquote", "", words.pick(edition.text)), limits.length ? el("p", "limits", `${t("whatif.by_law")} ${limits.join(" · ")}`) : null)
  }

  /**
   * One parameter: its name, its value to be changed, its unit, and what it is in the book.
   * @param {string} id
   * @param {Sent.Rule["rule"]} rule
   * @param {Record<string, string>} unit
   * @param {string} name
   * @param {unknown} value
   */
  field(id, rule, unit, name, value) {
    const input = editor(value)
    const known = this.draft.get(id)?.[name]
    if (known !== undefined) input.value = written(known)
    input.ariaLabel = `${words.pick(rule.title)} ${name}`
    input.dataset.parameter = name
    const was = el("span", "was")
    const told = () => {
      const { value: now, wrong } = read(value, input.value)
      const other = !wrong && JSON.stringify(now) !== JSON.stringify(value)
      input.setCustomValidity(wrong ?? "")
      input.classList.toggle("wrong", Boolean(wrong))
      say(was, wrong ? wrong : other ? `${t("whatif.was")} ${written(value)}` : "")
      this.set(id, name, other ? now : undefined)
    }
    input.oninput = told
    const label = el("label", "field", el("span", "name", words.word(`param.${name}`) || name, el("code", "", name)), input, el("span", "unit", unitOf(name, value, unit)), was)
    if (known !== undefined) told()
    return label
  }

  /**
   * @param {string} id
   * @param {string} name
   * @param {unknown} value
   */
  set(id, name, value) {
    const fields = { ...this.draft.get(id) }
    if (value === undefined) delete fields[name]
    else fields[name] = value
    if (Object.keys(fields).length) this.draft.set(id, fields)
    else this.draft.delete(id)
    this.changed()
  }

  /** Draw what is changed so far. */
  changed() {
    const rows = [...this.draft].flatMap(([id, fields]) => Object.entries(fields).flatMap(([name, value]) => {
      const rule = this.known.get(id)?.rule
      if (!rule) return []
      const drop = Object.assign(button("plain", () => { this.set(id, name, undefined); if (this.chosen === id) this.choose(id) }, "✕"), { ariaLabel: t("whatif.drop") })
      return el("div", "change", el("b", "", words.pick(rule.title)), el("span", "", `${words.word(`param.${name}`) || name} ${written(rule.with[name])} → `, el("b", "", written(value))), drop)
    }))
    fill(this.changes, ...(rows.length ? rows : [el("p", "none", t("whatif.unchanged"))]))
    this.show()
  }

  show() {
    const period = this.period()
    say(this.time, period ? `${words.date(period.from)} ${words.minute(period.from)} – ${words.moment(period.to)}` : t("whatif.no_period"))
    this.send.disabled = !period || !this.draft.size || this.sending || [.../** @type {NodeListOf<HTMLInputElement>} */ (this.rule.querySelectorAll("input, textarea"))].some((field) => !field.checkValidity())
    this.results.show(this.asked)
    const job = this.jobs.known.get(this.asked ?? "")
    if (!job) return
    this.progress.show(job.state === "done" ? null : job)
    if (job.state === "queued" && performance.now() - this.since > LONG) say(this.said, t("job.long"))
    else if (job.state !== "queued") say(this.said, "")
    if (job.state !== "done") return
    this.asked = null
    this.open(job)
  }

  async ask() {
    const period = this.period()
    if (!period) return
    const { from, to } = period
    this.sending = true
    this.show()
    const { id, error } = await this.jobs.ask("whatif", { from: stamp(from), to: stamp(to), rules: Object.fromEntries(this.draft) })
    this.sending = false
    this.asked = id ?? null
    this.since = performance.now()
    say(this.said, error ?? "")
    this.show()
  }

  /** @param {Sent.Job} job */
  about({ params }) {
    return Object.entries(params.rules ?? {}).map(([id, fields]) => {
      const title = words.pick(this.known.get(id)?.rule.title ?? id)
      return `${title} ${Object.entries(fields).map(([name, value]) => `${words.word(`param.${name}`) || name} ${written(value)}`).join(t("comma"))}`
    }).join("；")
  }
}

/**
 * The field in which a value is written; tables have room for several lines.
 * @param {unknown} value
 */
function editor(value) {
  const text = written(value)
  if (typeof value !== "object") return Object.assign(el("input"), { value: text, maxLength: 200 })
  return Object.assign(el("textarea"), { value: text, rows: Math.min(4, Math.ceil(text.length / 40)) })
}
