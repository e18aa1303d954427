/* One alert's story: what was measured, by which clause, who answers, what happened, what proves it; its incident; and the form of acts. */

import { get } from "../common/server/get.js"
import { link } from "../common/bar.js"
import { el, fill, say, svg } from "../common/dom.js"
import { Form } from "../common/alert/form.js"
import { concluded, measured, putAside, titled } from "../common/alert/alert.js"
import { glyph } from "../common/marks.js"
import { links } from "../common/alert/links.js"
import { Regroup } from "../common/alert/regroup.js"
import { happened } from "../common/alert/trail.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

const EVIDENCE = 4

/** Milliseconds after which an open story asks for its newest revision. */
const AGAIN = 1000

export class Story {
  /** @type {Sent.Alert | null} */
  alert
  /** @type {Sent.Entry[]} */
  trail
  /** @type {boolean} */
  ended
  /** @type {Sent.Bundle | null} */
  found
  /** @type {string | null} */
  drawn
  /** @type {number} */
  fetched
  /** @type {string | null} */
  id = null

  /**
   * @param {import("../common/alert/acts.js").Acts} acts
   * @param {() => void} close
   */
  constructor(acts, close) {
    this.acts = acts
    this.close = close
    this.title = el("h2")
    this.place = el("p", "place")
    this.mark = el("div", "bigmark")
    const shut = el("button", "shut", `${t("story.close")} ✕`)
    shut.onclick = close
    this.desk = Object.assign(link("desk"), { className: "shut" })
    this.left = el("div", "column")
    this.right = el("div", "column")
    this.form = new Form(acts)
    this.regroup = new Regroup((id) => this.open(id))
    this.words = el("div")
    this.left.append(this.words, this.regroup.node)
    const top = el("div", "top", this.mark, el("div", "", this.title, this.place), this.desk, shut)
    this.node = el("section", "story", top, el("div", "columns", this.left, this.right), this.form.node)
    this.node.hidden = true
  }

  /** @param {string} id */
  async open(id) {
    if (id !== this.id) this.leave()
    this.id = id
    await this.fetch()
  }

  async fetch() {
    const wanted = this.id
    this.fetched = performance.now()
    /** @param {string} what */
    const ask = (what) => get(`${what}/${encodeURIComponent(String(wanted))}`)
    const [story, incident] = await Promise.all([ask("alert"), ask("incident")])
    if (wanted !== this.id || !story.status) return
    this.found = incident.status === 200 ? incident.body : null
    if (story.status === 200) Object.assign(this, story.body)
    else if (this.alert?.id === wanted) this.ended = true
    else this.alert = null
  }

  /** What was written for one alert is not for another. */
  leave() {
    if (this.alert) this.acts.forget(this.alert)
    this.form.clear()
  }

  hide() {
    this.leave()
    this.node.hidden = true
    this.id = null
    this.alert = null
    this.drawn = null
  }

  /**
   * The newest revision is fetched where the list has news, and each second; everything is drawn from it.
   * @param {Pick<Sent.Sections, "time" | "ranking">} sections
   * @param {boolean} stale
   * @param {Sent.Person | undefined} person
   * @param {boolean} news
   */
  async show(sections, stale, person, news) {
    if (this.id === null) return
    if (news || performance.now() - this.fetched > AGAIN) await this.fetch()
    if (!this.alert || this.alert.id !== this.id) return
    this.node.hidden = false
    this.form.show(this.alert, this.ended, stale, person)
    this.regroup.show(this.alert, this.found, stale, person)
    const key = `${this.alert.id} ${this.alert.rev} ${this.ended} ${this.trail.at(-1)?.n} ${Math.floor((sections.time.now ?? 0) / 60_000)} ${stale}`
    if (key === this.drawn) return
    this.drawn = key
    this.draw(this.alert, sections, stale ? null : sections.time.now)
  }

  /**
   * @param {Sent.Alert} alert
   * @param {Pick<Sent.Sections, "ranking">} sections
   * @param {number | null} now
   */
  draw(alert, { ranking }, now) {
    const names = ranking.find(([district]) => district.adcode === alert.adcode)?.[1]
    say(this.title, titled(alert))
    this.desk.href = `/desk?${new URLSearchParams({ lang: words.language, alert: alert.id })}`
    say(this.place, [names?.[words.language === "zh" ? 0 : 1], words.pick(alert.name), alert.subject].filter(Boolean).join(" · "))
    fill(this.mark, glyph(alert.severity, { state: alert.state[0], phase: alert.phase, size: 44 }))
    fill(this.words, ...value(alert), ...facts(alert, this.ended, now), ...history(alert, this.trail), ...proof(alert))
    fill(this.right, ...law(alert), ...duty(alert))
  }
}

/** @param {string} key */
const title = (key) => el("h3", "", t(`story.${key}`))
/** @param {string} text */
const time = (text) => words.moment(Date.parse(text))

/** @param {Sent.Alert} alert */
function value(alert) {
  const big = el("div", "big", ...(alert.value === null && alert.limit === null ? [t("story.no_value")] : measured(alert)))
  return [title("value"), big, scale(alert)]
}

/**
 * The value as a bar, its limit as a dashed line across.
 * @param {Sent.Alert} alert
 */
function scale({ value: now, limit }) {
  if (now === null || limit === null) return null
  const [width, height] = [552, 26]
  /** @param {number} number */
  const x = (number) => (width * Math.max(0, number)) / (1.15 * Math.max(now, limit, 1e-9))
  const bar = svg("rect", { x: 0, y: 6, width: x(now), height: 14, fill: "var(--data)" })
  const line = svg("path", { d: `M${x(limit)} 0V${height}`, stroke: "var(--ink-1)", "stroke-width": 1.5, "stroke-dasharray": "2 4" })
  return svg("svg", { width, height, class: "scale" }, bar, line)
}

/**
 * @param {Sent.Alert} alert
 * @param {boolean} ended
 * @param {number | null} now
 */
function facts(alert, ended, now) {
  const state = `${alert.state[0]} ${t(`state.${ended ? "ended" : words.key(alert.state)}`)}${alert.active ? ` · ${t("story.active")}` : ""}`
  const rows = [["state", state]]
  if (now !== null && !ended) rows.push(["age", words.duration(now - Date.parse(alert.raised_at))])
  if (alert.due) rows.push(["due", `${time(alert.due)}${alert.provisional ? ` · ${t("row.provisional")}` : ""}`])
  if (alert.aside) rows.push(["aside", putAside(alert.aside)])
  if (alert.case) rows.push(["case", concluded(alert.case, now)])
  if (alert.level > 1) rows.push(["level", `${alert.level} ${t(`level_of.${alert.level}`)}${alert.reminded ? ` · ${t("story.reminded")} ${alert.reminded}` : ""}`])
  if (alert.occurrence > 1) rows.push(["occurrence", String(alert.occurrence)])
  return [el("dl", "", ...rows.flatMap(([name, text]) => [el("dt", "", t(`story.${name}`)), el("dd", "", text)]))]
}

/**
 * What is known of the trail; before its first entry, and where nothing of it is known, what the alert itself tells.
 * @param {Sent.Alert} alert
 * @param {Sent.Entry[]} trail
 */
function history(alert, trail) {
  const before = trail[0]?.n === 1 ? [] : [[alert.raised_at, t("story.raised")], ...(trail.length ? [] : rest(alert))]
  const entries = trail.map((entry) => [entry.at, happened(entry), words.pick(entry.reason)])
  const shown = [[alert.opened_at, t("story.opened")], ...before, ...entries]
  const lines = shown.map(([at, what, why]) => el("li", "", el("time", "", time(at)), el("span", "", what, why ? el("small", "", why) : null)))
  return [title("history"), el("ol", "", ...lines)]
}

/**
 * @param {Sent.Alert} alert
 * @returns {[at: string, what: string, why?: string][]}
 */
function rest({ cleared_at: cleared, note }) {
  /** @type {[at: string, what: string, why?: string][]} */
  const told = cleared ? [[cleared, t("story.cleared")]] : []
  if (note) told.push([note.at, `${t(`event.${words.key(note.verb)}`)} · ${words.who(note.actor)}`, words.written(note.reason)])
  return told.sort(([one], [other]) => Date.parse(one) - Date.parse(other))
}

/** @param {Sent.Alert} alert */
function law(alert) {
  const { edition, article, mark, text } = alert.clause
  /** @type {Record<string, string>} */
  const marks = { M: t("story.unverified"), v: t("story.second_hand") }
  const source = el("p", "source", el("b", "", `${edition} ${article}`), marks[mark] ? el("span", "tag", marks[mark]) : null)
  return [title("clause"), source, el("blockquote", "", words.pick(text))]
}

/** @param {Sent.Alert} alert */
function duty(alert) {
  const { name, basis } = alert.department
  const department = el("p", "", el("b", "", words.pick(name)), basis ? el("small", "", basis) : null)
  return [title("department"), department, title("guidance"), el("p", "", words.pick(alert.guidance))]
}

/** @param {Sent.Alert} alert */
function proof(alert) {
  const kept = alert.evidence.slice(-EVIDENCE).reverse()
  const rows = kept.map((item) => {
    const where = `${item.place.partition}/${item.place.offset}`
    return el("div", "line", el("span", "", time(item.at)), el("b", "", item.value === null ? "—" : words.number(item.value)), el("span", "", where), el("code", "", item.sha256.slice(0, 12)))
  })
  const rule = el("p", "rule", `${t("story.rule")} ${alert.row} ${alert.rule} · ${alert.rule_version.slice(0, 12)}`, ...links(alert))
  return [title("evidence"), ...rows, rule]
}

