/* What if: other parameters for some rules, judged over a time of the archive. The parameters are the rule book's own, with clause and unit. */

import { button, el, fill, head, say } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { Progress } from "./jobs.js"
import { stamp } from "./picker.js"
import { Results, opener } from "./results.js"

/** Parameters that are in the unit of the rule's value; counts of readings; and those whose name says the unit. */
const VALUES = new Set(["limit", "deadband", "low", "high", "tolerance", "floor"])
const COUNTS = new Set(["open_after", "close_after", "count", "at_least", "samples", "times", "periods", "visits", "failures", "trapped"])
const NAMED = { minutes: "minute", hours: "hour", days: "day", months: "month", percent: "percent" }

/** Milliseconds after which a job that still waits makes the page say what might be wrong. */
const LONG = 15_000

/** Rules that are listed at once; a search finds the others. */
const LISTED = 80

export class WhatIf {
  /** `period()` gives the chosen time or null; `open(job)` shows a result. */
  constructor(jobs, period, open) {
    Object.assign(this, { jobs, period, open })
    this.draft = new Map()
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
    const answer = await fetch("/screen/rules").catch(() => null)
    const told = await answer?.json().catch(() => null)
    this.reading = false
    if (!answer?.ok) return void fill(this.found, el("p", "none", words.pick(told?.error) || t("whatif.no_book")))
    this.book = told
    this.known = new Map(this.book.rules.map((each) => [each.id, each]))
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

  text({ id, domain, rule }) {
    const { edition = [], title } = this.book.clauses[rule.clause] ?? {}
    return [id, domain, rule.row, rule.title.zh, rule.title.en, title?.zh, title?.en, ...edition.map((each) => `${each.edition} ${each.article}`), rule.guidance.zh].join("\n").toLowerCase()
  }

  choose(id) {
    this.chosen = id
    for (const row of this.found.children) if (row.dataset.rule) row.ariaPressed = String(row.dataset.rule === id)
    const { rule, unit } = this.known.get(id)
    const fields = Object.entries(rule.with).map(([name, value]) => this.field(id, rule, unit, name, value))
    const top = el("div", "top", glyph(rule.severity, { phase: rule.phase, size: 26 }), el("div", "", el("h2", "", words.pick(rule.title)), el("p", "place", `${rule.row} · ${id} · ${t("whatif.judge")} ${rule.judge}`)))
    fill(this.rule, top, this.clause(rule), head(t("whatif.parameters"), t("whatif.parameters_by")).node, ...(fields.length ? fields : [el("p", "none", t("whatif.none"))]))
  }

  /** The clause in the edition that was in force when the period began, with the limits that it sets. */
  clause(rule) {
    const { edition: editions = [] } = this.book.clauses[rule.clause] ?? {}
    const day = words.date(this.period()?.from ?? Date.now())
    const edition = editions.findLast(({ from }) => from <= day) ?? editions[0]
    if (!edition) return null
    const limits = Object.entries(edition.limits ?? {}).map(([item, limit]) => `${words.word(`item.${item}`) || item} ${words.number(limit, 3)}`)
    return el("div", "clause", el("p", "", el("b", "", `${edition.edition} ${edition.article}`)), el("blockquote", "", words.pick(edition.text)), limits.length ? el("p", "limits", `${t("whatif.by_law")} ${limits.join(" · ")}`) : null)
  }

  /** One parameter: its name, its value to be changed, its unit, and what it is in the book. */
  field(id, rule, unit, name, value) {
    const { input, read } = editor(value)
    const known = this.draft.get(id)?.[name]
    if (known !== undefined) input.value = written(known)
    input.ariaLabel = `${words.pick(rule.title)} ${name}`
    input.dataset.parameter = name
    const was = el("span", "was")
    const told = () => {
      const { value: now, wrong } = read()
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
    const rows = [...this.draft].flatMap(([id, fields]) => Object.entries(fields).map(([name, value]) => {
      const { rule } = this.known.get(id)
      const drop = Object.assign(button("plain", () => { this.set(id, name, undefined); if (this.chosen === id) this.choose(id) }, "✕"), { ariaLabel: t("whatif.drop") })
      return el("div", "change", el("b", "", words.pick(rule.title)), el("span", "", `${words.word(`param.${name}`) || name} ${written(rule.with[name])} → `, el("b", "", written(value))), drop)
    }))
    fill(this.changes, ...(rows.length ? rows : [el("p", "none", t("whatif.unchanged"))]))
    this.show()
  }

  show() {
    const period = this.period()
    say(this.time, period ? `${words.date(period.from)} ${words.minute(period.from)} – ${words.moment(period.to)}` : t("whatif.no_period"))
    this.send.disabled = !period || !this.draft.size || this.sending || [...this.rule.querySelectorAll("input, textarea")].some((field) => !field.checkValidity())
    this.results.show(this.asked)
    const job = this.jobs.known.get(this.asked)
    if (!job) return
    this.progress.show(job.state === "done" ? null : job)
    if (job.state === "queued" && performance.now() - this.since > LONG) say(this.said, t("job.long"))
    else if (job.state !== "queued") say(this.said, "")
    if (job.state !== "done") return
    this.asked = null
    this.open(job)
  }

  async ask() {
    const { from, to } = this.period()
    this.sending = true
    this.show()
    const { id, error } = await this.jobs.ask("whatif", { from: stamp(from), to: stamp(to), rules: Object.fromEntries(this.draft) })
    this.sending = false
    this.asked = id ?? null
    this.since = performance.now()
    say(this.said, error ?? "")
    this.show()
  }

  about({ params }) {
    return Object.entries(params.rules ?? {}).map(([id, fields]) => {
      const title = this.known?.has(id) ? words.pick(this.known.get(id).rule.title) : id
      return `${title} ${Object.entries(fields).map(([name, value]) => `${words.word(`param.${name}`) || name} ${written(value)}`).join(t("comma"))}`
    }).join("；")
  }
}

/** A value as a person writes it: numbers and words as they are, tables as JSON. */
export const written = (value) => (value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value))

const NUMBER = /^-?\d+(\.\d+)?$/

/** The field in which a value is written, and how it is read: a number stays one, a word may become one (`law` a limit of its own). */
function editor(value) {
  if (typeof value === "object") {
    const input = el("textarea")
    input.value = written(value)
    input.rows = Math.min(4, Math.ceil(input.value.length / 40))
    const read = () => {
      try {
        return { value: JSON.parse(input.value) }
      } catch {
        return { wrong: t("whatif.not_json") }
      }
    }
    return { input, read }
  }
  const input = Object.assign(el("input"), { value: written(value), maxLength: 200 })
  const read = () => {
    const text = input.value.trim()
    if (typeof value === "boolean") return ["true", "false"].includes(text) ? { value: text === "true" } : { wrong: t("whatif.not_boolean") }
    if (NUMBER.test(text)) return { value: Number(text) }
    return text && typeof value === "string" ? { value: text } : { wrong: t("whatif.not_number") }
  }
  return { input, read }
}

/** The unit of a parameter: of the rule's value, of its name, or of the value itself. */
function unitOf(name, value, unit) {
  if (VALUES.has(name)) return [...new Set(Object.values(unit))].filter(Boolean).join(t("comma"))
  if (COUNTS.has(name)) return t("unit.times")
  const named = Object.entries(NAMED).find(([ending]) => name.endsWith(ending))
  if (named) return t(`unit.${named[1]}`)
  return typeof value === "string" && /^\d+[smhd]$/.test(value) ? t("whatif.length") : ""
}
