/* One rule as a page of the book: the law, what is judged by which numbers, whose it is, what to do, its cases, what it has raised. */

import { measured, titled } from "../common/alert/alert.js"
import { articles } from "../common/alert/law.js"
import { arrange, el, fill, say } from "../common/dom.js"
import { SEVERITIES, glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { recurrence, share } from "../dispatch/share.js"
import { cases } from "./cases.js"

/** @type {Record<string, string>} */
const MARKS = { V: "rules.read", v: "story.second_hand", M: "story.unverified" }

export class Chosen {
  /** @type {number | null} */
  now = null
  /** @type {Sent.Rule} */
  rule
  /** @type {string | null} */
  told
  /** @type {Sent.Clause} */
  clause
  /** @type {string[]} */
  pages
  /** @type {string | null} */
  day
  /** @type {boolean} */
  stale
  /** @type {Map<string, HTMLElement>} */
  rows = new globalThis.Map()

  constructor() {
    this.title = el("h2")
    this.under = el("p", "under")
    this.mark = el("div", "mark")
    this.law = el("section", "law")
    this.judging = el("section", "judging")
    this.duty = el("section", "duty")
    this.counts = el("section", "counts")
    this.share = el("p", "share")
    this.recurrence = el("p", "share")
    this.open = el("h3")
    this.standing = el("div", "open")
    this.rest = el("p", "none")
    this.cases = el("section", "cases")
    const top = el("header", "top", this.mark, el("div", "", this.title, this.under))
    const columns = el("div", "columns", el("div", "", this.law, this.judging), el("div", "", this.duty, this.counts, this.share, this.recurrence, this.open, this.standing, this.rest))
    this.node = el("article", "", top, columns, this.cases)
    this.node.hidden = true
  }

  /**
   * @param {Sent.Rule} rule
   * @param {Sent.Book} book
   */
  show(rule, book) {
    this.rule = rule
    this.told = null
    this.node.hidden = false
    if (this.node.parentElement) this.node.parentElement.scrollTop = 0
    const { title, severity, phase, row } = rule.rule
    const [one, other] = words.language === "zh" ? [title.zh, title.en] : [title.en, title.zh]
    say(this.title, one)
    const facts = [row, rule.id, words.pick(book.domains[rule.domain].title), t(`panel.${words.key(phase)}`), t(`severity.${severity}`), `${t("rules.version")} ${rule.version}`]
    const second = el("span", "other", other)
    second.lang = words.language === "zh" ? "en" : "zh-CN"
    fill(this.under, second, ` ${facts.join(" · ")}`)
    fill(this.mark, glyph(severity, { phase, size: 36 }))
    this.clause = book.clauses[rule.rule.clause]
    this.drawLaw()
    fill(this.judging, ...judging(rule, book), ...life(rule.rule, book.domains[rule.domain].kinds))
    fill(this.duty, ...duty(rule.rule, book.departments[rule.rule.department]))
    fill(this.cases, ...cases(rule))
    this.shared(rule)
  }

  /** How many of its alerts were true, as far as they were verified, and how many came back after an order. @param {Sent.Rule} rule */
  async shared(rule) {
    const [told, back] = await Promise.all([share(rule.id), recurrence(rule.id)])
    if (rule !== this.rule) return
    say(this.share, told)
    say(this.recurrence, back)
  }

  /**
   * The log's time now: which edition is in force, how long alerts have stood.
   * @param {number | null} now
   * @param {boolean} stale
   * @param {string[] | undefined} pages
   */
  at(now, stale, pages) {
    this.pages = pages ?? []
    const day = now === null ? null : words.date(now)
    const news = day !== this.day || stale !== this.stale
    this.now = now
    this.day = day
    this.stale = stale
    if (news && this.clause) this.drawLaw()
  }

  drawLaw() {
    const { title, standard, edition: editions } = this.clause
    const current = editions.find(({ from, to }) => this.day && from <= this.day && (!to || this.day < to))
    fill(this.law, el("h3", "", t("story.clause"), el("small", "", `${words.pick(title)} · ${standard}`)), ...[...editions].reverse().map((each) => edition(each, each === current, this.rule.unit)))
  }

  /** @param {{ days: number[], raised: Record<string, number[]>, open: Record<string, Sent.Counts>, alerts: Sent.Row[] }} now */
  count({ days, raised, open, alerts }) {
    const told = JSON.stringify([days, raised[this.rule.id], open[this.rule.id], alerts, this.pages])
    if (told === this.told) return
    this.told = told
    const counts = raised[this.rule.id] ?? days.map(() => 0)
    const most = Math.max(...counts, 1)
    const bars = days.map((day, n) => bar(day, counts[n], most, n === days.length - 1))
    const sum = counts.reduce((one, other) => one + other, 0)
    fill(this.counts, el("h3", "", t("rules.raised"), el("small", "", `${days.length} ${t("unit.day")} · ${words.number(sum)} ${t("unit.count")}`)), el("ol", "days", ...bars))
    const standing = open[this.rule.id] ?? SEVERITIES.map(() => 0)
    const all = standing.reduce((one, other) => one + other, 0)
    const marks = SEVERITIES.flatMap((severity, n) => (standing[n] ? [el("span", "part", glyph(severity, { size: 14 }), String(standing[n]))] : []))
    const more = all - alerts.length
    fill(this.open, t("rules.open"), el("small", "", `${all} ${t("unit.count")}`), ...marks, all && this.pages.includes("desk") ? desk({ rule: this.rule.id }, t("rules.desk")) : null)
    arrange(this.standing, alerts.map((alert) => this.row(alert)))
    for (const id of this.rows.keys()) if (!alerts.some((alert) => alert.id === id)) this.rows.delete(id)
    say(this.rest, all ? (more ? `${t("panel.more")} ${more} ${t("unit.count")}` : "") : t("rules.nothing_open"))
  }

  /**
   * The row of an open alert: it stays while its cells are filled anew.
   * @param {Sent.Row} alert
   */
  row(alert) {
    const node = this.rows.get(alert.id) ?? (this.pages.includes("desk") ? desk({ rule: this.rule.id, alert: alert.id }) : el("div"))
    this.rows.set(alert.id, node)
    const value = el("span", "v", ...(alert.value === null && alert.limit === null ? [] : measured(alert)))
    const name = el("span", "t", [words.word(`item.${alert.item}`), words.pick(alert.name)].filter(Boolean).join(" "))
    const since = el("span", "a", `${alert.state[0]} · ${words.moment(alert.raised)}`)
    node.className = "alert"
    node.title = titled(alert)
    fill(node, glyph(alert.severity, { state: alert.state[0], phase: alert.phase, size: 16 }), name, value, since)
    return node
  }
}

/**
 * The way to the desk, with what it should show.
 * @param {Record<string, string>} what
 * @param {string} [text]
 */
function desk(what, text = "") {
  const node = el("a", "desk", text)
  node.href = `/desk?${new URLSearchParams({ ...what, lang: words.language })}`
  return node
}

/**
 * One edition: when it is in force, its words in both languages, its limits, where it was read and how well it is confirmed.
 * @param {Sent.Edition} edition
 * @param {boolean} now
 * @param {Record<string, string>} units
 */
function edition({ edition: name, article, text, mark, source, from, to, limits }, now, units) {
  const [one, other] = words.language === "zh" ? [text.zh, text.en] : [text.en, text.zh]
  const days = `${from} – ${to ? words.date(Date.parse(`${to}T00:00:00+08:00`) - 1) : ""}` // to is the first day on which it is no longer in force
  const head = el("h4", "", el("b", "", `${name} ${article}`), el("span", `tag ${mark}`, `${mark} ${t(MARKS[mark])}`), now ? el("span", "now", t("rules.in_force")) : null, el("small", "", days))
  const rows = Object.entries(limits ?? {}).map(([item, value]) => el("span", "limit", `${words.word(`item.${item}`) || item} `, el("b", "", words.number(value, 6)), ` ${units[item] ?? units[""] ?? ""}`))
  const said = el("p", "other", other)
  said.lang = words.language === "zh" ? "en" : "zh-CN"
  return el("div", now ? "edition now" : "edition", head, el("blockquote", "", one), articles({ edition: name, article }, from), said, rows.length ? el("p", "limits", `${t("rules.limits")} `, ...rows) : null, el("p", "source", `${t("rules.source")} ${source}`))
}

/**
 * What it reads, by which judge, with which parameters.
 * @param {Sent.Rule} rule
 * @param {Sent.Book} book
 */
function judging({ rule, reads, unit, domain }, { domains, rules }) {
  const kinds = reads.map((kind) => `${kindName(kind, domains[domain].kinds, rules)} ${kind}`).join(t("comma"))
  const items = Object.entries(unit).map(([item, its]) => [words.word(`item.${item}`) || item, its].filter(Boolean).join(" ")).filter(Boolean)
  const name = words.word(`judge.${rule.judge}`)
  /** @type {[key: string, text: string][]} */
  const facts = [
    ["reads", kinds],
    ["judge", [name, rule.judge].filter(Boolean).join(" · ")],
    ["value", items.join(t("comma")) || "—"],
    ["subjects", rule.subjects.map((kind) => t(`kind.${kind}`)).join(t("comma"))],
  ]
  const rows = Object.entries(rule.with).map(([key, value]) => el("tr", "", header(words.word(`param.${key}`) || key), el("td", "", el("code", "", key)), el("td", "", el("code", "", written(value)))))
  const table = el("table", "", el("caption", "", t("rules.params")), el("tbody", "", ...rows))
  return [el("h3", "", t("rules.judges")), listed(facts), rows.length ? table : el("p", "none", t("rules.no_params")), el("p", "source", t("rules.defaults"))]
}

/** @param {string} text */
function header(text) {
  const node = el("th", "", text)
  node.scope = "row"
  return node
}

/**
 * The name of a kind of fact: of the domain, a registration, or an alert of another rule.
 * @param {string} kind
 * @param {Record<string, Sent.Text>} kinds
 * @param {Sent.Rule[]} rules
 */
function kindName(kind, kinds, rules) {
  if (kind === "registered") return t("rules.registration")
  const [, of] = kind.split("alert:")
  if (of) return `${t("rules.alert_of")} ${words.pick(rules.find(({ id }) => id === of)?.rule.title) || of}`
  return words.pick(kinds[kind])
}

/**
 * A parameter's value: `{ kind = "login", where = { … } }`.
 * @param {unknown} value
 * @returns {string}
 */
function written(value) {
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`
  if (value && typeof value === "object") return `{ ${Object.entries(value).map(([key, each]) => `${key} = ${written(each)}`).join(", ")} }`
  return typeof value === "string" ? value : String(value)
}

/**
 * What is special in the life of its alarms.
 * @param {Sent.Rule["rule"]} rule
 * @param {Record<string, Sent.Text>} kinds
 */
function life(rule, kinds) {
  const waits = Object.entries(rule.escalate).map(([severity, wait]) => `${t(`severity.${severity}`)} ${wait}`).join(t("comma"))
  /** @type {[key: string, text: string][]} */
  const facts = [
    ["latch", rule.latch ? t("rules.latched") : ""],
    ["re_alarm", rule.re_alarm],
    ["first_out", rule.first_out],
    ["escalate", waits],
    ["conclude", rule.conclude_within],
    ...rule.suppress.map(({ kind, why }) => /** @type {[string, string]} */ (["suppress", `${words.pick(why)} · ${words.pick(kinds[kind]) || kind}`])),
  ]
  return facts.some(([, text]) => text) ? [el("h3", "", t("rules.life")), listed(facts)] : []
}

/**
 * @param {Sent.Rule["rule"]} rule
 * @param {{ name: Sent.Text, basis: string }} department
 */
function duty({ guidance }, { name, basis }) {
  return [el("h3", "", t("story.department")), el("p", "", el("b", "", words.pick(name)), el("small", "", basis)), el("h3", "", t("story.guidance")), el("p", "", words.pick(guidance))]
}

/** @param {[key: string, text: string][]} facts */
const listed = (facts) => el("dl", "", ...facts.filter(([, text]) => text).flatMap(([key, text]) => [el("dt", "", t(`rules.${key}`)), el("dd", "", text)]))

/**
 * One day: its number of alerts and a bar.
 * @param {number} day
 * @param {number} count
 * @param {number} most
 * @param {boolean} today
 */
export function bar(day, count, most, today) {
  const column = el("i")
  column.style.height = `${Math.round((44 * count) / most)}px`
  return el("li", today ? "today" : "", el("b", count ? "" : "z", String(count)), column, el("span", "", words.date(day).slice(8)))
}
