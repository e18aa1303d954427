/* All of one alert: what was measured, by which clause, what to do, who did what and why, what proves it. */

import { concluded, placed, putAside, sealing, titled } from "../common/alert/alert.js"
import { el, fill, panel, say } from "../common/dom.js"
import { articles } from "../common/alert/law.js"
import { links } from "../common/alert/links.js"
import { glyphOf } from "../common/marks.js"
import { Regroup } from "../common/alert/regroup.js"
import { what } from "../common/alert/trail.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { mayLook } from "./look.js"
import { Trend } from "./trend.js"

/** @param {string} text */
const clock = (text) => words.moment(Date.parse(text))

export class Story {
  /** @type {boolean} */
  full = false
  /** How the evidence came, as far as it was read.
   * @type {Sent.Came[]} */
  came = []
  /** @type {HTMLElement} */
  since = el("b")
  /** @type {string} */
  drawn

  /**
   * `open(id)` shows another alert.
   * @param {(id: string) => void} open
   * @param {import("./look.js").Looks} looks
   */
  constructor(open, looks) {
    this.looks = looks
    this.mark = el("div", "mark")
    this.title = el("h2")
    this.place = el("p", "place")
    this.tags = el("div", "tags")
    this.value = el("div", "value")
    this.top = el("header", "top", this.mark, el("div", "what", this.title, this.place, this.tags), this.value)
    this.trend = new Trend()
    this.law = panel(t("story.clause"))
    this.guide = panel(t("story.guidance"))
    this.history = panel(t("desk.history"), t("desk.who_when"))
    this.proof = panel(t("desk.evidence"))
    this.regroup = new Regroup(open)
    this.body = el("div", "whole", this.top, this.trend.node, el("div", "pair", this.law.node, this.guide.node), this.history.node, this.proof.node, this.regroup.node)
    this.empty = el("p", "none", t("desk.choose"))
    this.node = el("section", "story", this.empty, this.body)
    this.node.tabIndex = -1
    this.body.hidden = true
  }

  /**
   * `told`: the alert, its trail, whether it has ended; `incident` what is known of its incident; null where there is none to show. `pages`: those of the `person`;
   * `unsealed`: the alerts that bear that mark.
   * @param {Partial<Sent.Story> & { missing?: boolean } | null} told
   * @param {{ now: number | null, stale: boolean, incident: Sent.Bundle | null, districts: Record<string, Sent.Text>, pages: string[] | undefined, person: Sent.Person | undefined, unsealed: Set<string> }} more
   */
  show(told, { now, stale, incident, districts, pages, person, unsealed }) {
    this.body.hidden = !told?.alert
    this.empty.hidden = Boolean(told?.alert)
    if (!told?.alert) return say(this.empty, t(told?.missing ? "desk.unknown" : told ? "desk.loading" : "desk.choose"))
    const { alert, trail = [], ended = false } = told
    this.regroup.show(alert, incident, stale, person)
    this.age(alert, ended, now)
    this.trend.show({ alert, trail }, now)
    const looks = mayLook(person, alert)
    const key = `${alert.id} ${alert.rev} ${alert.audit} ${ended} ${trail.at(-1)?.n} ${Object.keys(districts).length} ${this.full} ${pages} ${looks} ${unsealed.has(alert.id)} ${this.came.length} ${this.came[0]?.offset}`
    if (key === this.drawn) return
    this.drawn = key
    this.head(alert, ended, districts, pages, sealing(unsealed.has(alert.id)))
    this.clauses(alert)
    this.told(alert, trail, looks)
    this.evidence(alert)
  }

  /**
   * @param {Sent.Alert} alert
   * @param {boolean} ended
   * @param {number | null} now
   */
  age(alert, ended, now) {
    say(this.since, now === null || ended ? "—" : words.counter(now - Date.parse(alert.raised_at)))
  }

  /**
   * @param {Sent.Alert} alert
   * @param {boolean} ended
   * @param {Record<string, Sent.Text>} districts
   * @param {string[] | undefined} pages
   * @param {string} mark
   */
  head(alert, ended, districts, pages, mark) {
    fill(this.mark, glyphOf(alert, 30))
    say(this.title, titled(alert))
    say(this.place, [placed(words.pick(districts[alert.adcode]), words.pick(alert.name)), words.pick(alert.department.name)].filter(Boolean).join(" · "))
    const state = `${alert.state[0]} ${t(`state.${ended ? "ended" : words.key(alert.state)}`)}`
    const level = alert.level > 1 ? `${t("story.level")} ${alert.level} ${t(`level_of.${alert.level}`)}` : ""
    const tags = [state, t(`desk_phase.${words.key(alert.phase)}`), alert.active ? t("story.active") : "", level, mark].filter(Boolean).map((text) => el("span", "tag", text))
    const nth = alert.occurrence > 1 ? ` · ${t("desk.nth")} ${alert.occurrence}` : ""
    const small = el("small", "", `${t("desk.version")} ${alert.row || alert.rule} ${alert.rule_version.slice(0, 8)} · ${t("desk.alert")} ${alert.id.slice(0, 8)}${nth}`)
    small.title = `${alert.rule} ${alert.rule_version} · ${alert.id}`
    const more = [alert.aside ? putAside(alert.aside) : "", alert.case ? `${t("story.case")}: ${concluded(alert.case, null)}` : ""].filter(Boolean).map((text) => el("small", "more", text))
    fill(this.tags, ...tags, small, el("span", "ways", ...links(alert, pages)), ...more)
    const times = alert.value !== null && alert.limit && alert.value / alert.limit > 1 ? [` · `, el("b", "", `${words.number(alert.value / alert.limit, 2)} ${t("desk.times")}`)] : []
    fill(
      this.value,
      alert.value === null ? null : el("div", "big", el("b", alert.severity, words.number(alert.value, 2)), ` ${words.measure(alert.unit)}`),
      alert.limit === null ? null : el("div", "", `${t("row.limit")} ${words.number(alert.limit, 2)} ${alert.value === null ? words.measure(alert.unit) : ""}`, ...times),
      el("div", "", `${t("desk.age")} `, this.since),
    )
  }

  /** @param {Sent.Alert} alert */
  clauses(alert) {
    const { edition, article, mark, text, id } = alert.clause
    /** @type {Record<string, string>} */
    const marks = { M: t("story.unverified"), v: t("story.second_hand") }
    say(this.law.small, t("desk.pinned"))
    fill(this.law.body, el("p", "", el("b", "", `${edition} ${article}`), marks[mark] ? el("span", "tag", marks[mark]) : null), el("p", "quote", words.pick(text)), articles(alert.clause, alert.opened_at.slice(0, 10)), el("p", "by", `${t("desk.in_force")} ${alert.rule} · ${id}`))
    const { name, basis } = alert.department
    say(this.guide.small, alert.row)
    const steps = words.pick(alert.guidance).split(/(?<=[。；;])\s*/).filter(Boolean)
    fill(this.guide.body, el("ol", "", ...steps.map((step, n) => el("li", "", el("b", "", String(n + 1)), el("span", "", step)))), el("p", "duty", el("b", "", t("story.department")), ` ${words.pick(name)}`, basis ? el("small", "", basis) : null))
  }

  /**
   * @param {Sent.Alert} alert
   * @param {Sent.Entry[]} trail
   * @param {boolean} looks whether sealed texts may be looked at
   */
  told(alert, trail, looks) {
    /** @type {(Omit<Sent.Entry, "verb" | "occurrence" | "place" | "hash"> & { verb: string, place?: Sent.Place })[]} */
    const begun = trail[0]?.n === 1 ? [] : [{ n: 0, at: alert.raised_at, event: "raise", verb: "", before: "A", after: "B", actor: null, reason: "", sealed: null }]
    const rows = [...begun, ...trail].map((entry) => {
      const why = entry.reason ? words.pick(entry.reason) : entry.event === "raise" ? reached(alert) : ""
      const step = entry.before === entry.after ? "" : `${entry.before} → ${entry.after}`
      const look = looks && entry.sealed && entry.place ? this.looks.beside({ alert: alert.id, place: entry.place, path: "reason", reference: entry.sealed }, "trail") : null
      const who = entry.actor ? words.who(entry.actor) : t("desk.system")
      return line(clock(entry.at), Object.assign(el("b", "", who), { title: who }), step, el("span", "wide", what(entry), why ? `：${why}` : "", look), entry.n ? el("i", "", `#${entry.n}`) : "")
    })
    say(this.history.end, `${t("desk.trail")} ${alert.audit} ${t("desk.entries")} · ${alert.head.slice(0, 4)}…`)
    this.history.end.title = alert.head
    fill(this.history.body, el("ol", "lines", ...rows))
  }

  /** @param {Sent.Alert} alert */
  evidence(alert) {
    say(this.proof.small, alert.evidence[0]?.place.topic ?? alert.place.topic)
    fill(this.proof.end, `SHA-256 · ${alert.evidence.length} ${t("desk.entries")} `, el("kbd", "", "E"))
    const rows = alert.evidence.toReversed().map(({ at, value, place, sha256 }) => {
      const number = value === null ? "—" : `${words.number(value, 3)} ${words.measure(alert.unit)}`
      const digest = el("code", "", this.full ? sha256 : words.digest(sha256))
      digest.title = sha256
      const wide = el("span", "wide", number, cameBy(this.came.find(({ offset }) => offset === place.offset)))
      return line(clock(at), `${t("desk.partition")} ${place.partition}`, `${t("desk.offset")} ${words.number(place.offset, 0)}`, wide, digest)
    })
    this.proof.node.classList.toggle("full", this.full)
    fill(this.proof.body, el("ol", "lines proof", ...rows))
  }

  /** The evidence with its digests in full, or short again. */
  unfold() {
    this.full = !this.full
    this.proof.node.scrollIntoView({ block: "nearest" })
  }
}

/**
 * How a record came: the gateway, who sent it and under which id; of a frame of HJ 212 these are its device (MN), command and QN.
 * @param {Sent.Came | undefined} came
 */
const cameBy = (came) => came ? el("small", "came", [came.road ? t(`directory.road_${came.road}`) : t("desk.straight"), came.source, came.id].join(" · ")) : null

/** @param {...(Node | string)} cells */
const line = (...cells) => el("li", "", ...cells.map((cell) => (cell instanceof Node ? cell : el("span", "", cell))))
/** @param {Sent.Alert} alert */
const reached = ({ value, limit, unit }) => (value === null ? "" : `${words.number(value, 2)}${limit === null ? "" : ` / ${words.number(limit, 2)}`} ${words.measure(unit)}`)
