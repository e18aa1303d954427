/* An alert's file on paper: everything that is known of it, who printed it and at which time of the log. It is drawn once. */

import { button, el, fill, say } from "../common/dom.js"
import { get } from "../common/server/get.js"
import { freshness } from "../common/server/freshness.js"
import { Link } from "../common/server/link.js"
import { glyph } from "../common/marks.js"
import { mountPage, style } from "../common/page.js"
import { happened } from "../common/alert/trail.js"
import { concluded, measured, putAside, titled } from "../common/alert/alert.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

/** Milliseconds after which an alert that is not there is asked for again: the screen may not have read the log yet. */
const AGAIN = 1000

/**
 * Draw the page into a component's root; the answer takes it away again.
 * @param {ShadowRoot} root
 */
export const mount = (root) => style(document.head, "print/paper.css").then(() => mountPage(root, ["print/print.css"], () => new Print()))

class Print {
  /** @type {Sent.Story | undefined} */
  told
  /** @type {boolean} */
  drawn

  constructor() {
    this.openedAt = performance.now()
    this.id = new URLSearchParams(location.search).get("alert")
    this.says = el("p", "says", t(this.id ? "print.reading" : "print.which"))
    this.says.role = "status"
    const back = el("a", "", t("print.wall"))
    back.href = `/?lang=${words.language}`
    const press = button("press", () => print(), t("print.print"))
    const other = button("language", words.otherLanguage, t("switch"))
    const tools = el("nav", "tools", back, other, press)
    tools.ariaLabel = t("bar.pages")
    this.paper = el("article", "paper", this.says)
    this.node = el("div", `print ${words.language}`, tools, this.paper)
    this.link = new Link(() => this.draw(), ["time", "health", "ranking"])
    this.timer = setInterval(() => this.read(), AGAIN)
    this.read()
  }

  async read() {
    if (this.told || !this.id) return
    const { status, body } = await get(`alert/${encodeURIComponent(this.id)}`)
    if (status === 200) this.told = body
    else say(this.says, t(status ? "print.unknown" : "stale.screen"))
    this.draw()
  }

  draw() {
    const { sections, about } = this.link
    const { person } = about
    if (!this.told || !sections.time || !person || this.drawn) return
    this.drawn = true
    clearInterval(this.timer)
    const { alert, trail, ended } = this.told
    document.title = `${t("print.title")} ${alert.id.slice(0, 12)}`
    const names = sections.ranking.find(([district]) => district.adcode === alert.adcode)?.[1]
    const fresh = freshness(this.link, this.openedAt)
    fill(
      this.paper,
      head(alert, names, fresh.stale ? "stale" : about.mark),
      ...block("value", valued(alert)),
      ...block("clause", ...law(alert)),
      ...block("department", el("p", "", el("b", "", words.pick(alert.department.name)), alert.department.basis ? el("small", "", alert.department.basis) : null)),
      ...block("guidance", el("p", "", words.pick(alert.guidance))),
      el("h2", "", t("print.facts")),
      facts(alert, ended, sections.time.now),
      ...block("history", history(trail)),
      ...block("evidence", evidence(alert)),
      chain(alert),
      printed({ person, log: about.log }, sections.time.now),
    )
    this.link.close()
  }

  close() {
    clearInterval(this.timer)
    this.link.close()
    this.node.remove()
  }
}

/** @type {Record<string, string>} */
const MARKS = { V: "rules.read", v: "story.second_hand", M: "story.unverified" }
/** @type {Record<string, string>} */
const SAYS = { exercise: "print.exercise", replay: "print.replayed", stale: "stale.title" }

/**
 * 2026-11-24 14:32:08
 * @param {number} ms
 */
const moment = (ms) => `${words.date(ms)} ${words.clock(ms)}`
/** @param {string | null} text */
const time = (text) => (text ? moment(Date.parse(text)) : "—")
/**
 * @param {string} name
 * @param {...Node} content
 */
const block = (name, ...content) => [el("h2", "", t(`story.${name}`)), ...content]

/**
 * @param {Sent.Alert} alert
 * @param {[zh: string, en: string] | undefined} names
 * @param {string | null | undefined} mark
 */
function head(alert, names, mark) {
  const where = [names?.[words.language === "zh" ? 0 : 1], words.pick(alert.name), alert.subject].filter(Boolean).join(" · ")
  const kind = [t(`severity.${alert.severity}`), t(`panel.${words.key(alert.phase)}`), `${alert.row} ${alert.rule}`].join(" · ")
  const title = el("h1", "", glyph(alert.severity, { state: alert.state[0], phase: alert.phase, size: 24 }), el("span", "", titled(alert)))
  const why = SAYS[mark ?? ""]
  const strange = why ? el("b", "strange", t(why)) : null
  return el("header", "", el("p", "kind", el("b", "", `${t("city")}${words.language === "en" ? " " : ""}${t("product")} · ${t("print.title")}`), strange), title, el("p", "", where), el("p", "", kind), el("p", "", `${t("print.id")} `, el("code", "", alert.id), ` · ${t("print.log")} ${alert.log}`))
}

/** @param {Sent.Alert} alert */
function valued(alert) {
  const none = alert.value === null && alert.limit === null
  return el("p", "value", ...(none ? [t("story.no_value")] : measured(alert).flatMap((node) => [node, " "])))
}

/** @param {Sent.Alert} alert */
function law({ clause }) {
  const { edition, article, mark, text } = clause
  const [one, other] = words.language === "zh" ? [text.zh, text.en] : [text.en, text.zh]
  return [el("p", "", el("b", "", `${edition} ${article}`), ` · ${clause.id} · ${mark} ${t(MARKS[mark])}`), el("blockquote", "", one, el("small", "", other))]
}

/**
 * @param {Sent.Alert} alert
 * @param {boolean} ended
 * @param {number | null} now
 */
function facts(alert, ended, now) {
  /** @type {[key: string, text: string | false | null][]} */
  const rows = [
    ["story.state", `${alert.state} ${t(`state.${ended ? "ended" : words.key(alert.state)}`)}${alert.active ? ` · ${t("story.active")}` : ""}`],
    ["print.opened", time(alert.opened_at)],
    ["print.raised", `${time(alert.raised_at)}${alert.occurrence > 1 ? ` · ${t("story.occurrence")} ${alert.occurrence}` : ""}`],
    ["print.changed", time(alert.changed_at)],
    ["print.cleared", alert.cleared_at && time(alert.cleared_at)],
    ["story.due", alert.due && `${time(alert.due)}${alert.provisional ? ` · ${t("row.provisional")}` : ""}`],
    ["story.aside", alert.aside && putAside(alert.aside)],
    ["story.case", alert.case && concluded(alert.case, now)],
    ["story.level", alert.level > 1 && `${alert.level} ${t(`level_of.${alert.level}`)}`],
    ["print.place", alert.lon === null || alert.lat === null ? "" : `${alert.lon.toFixed(5)}, ${alert.lat.toFixed(5)} (WGS 84) · ${alert.adcode}`],
    ["rules.version", `${alert.rule_version}${alert.judged_by ? ` · ${t("print.judged_by")} ${alert.judged_by}` : ""}`],
  ]
  return el("dl", "", ...rows.flatMap(([name, text]) => (text ? [el("dt", "", t(name)), el("dd", "", text)] : [])))
}

/**
 * Every entry of the trail that is known: when, what, who and why, and its hash.
 * @param {Sent.Entry[]} trail
 */
function history(trail) {
  const older = trail[0] && trail[0].n > 1 ? el("p", "note", t("print.before")) : null
  const rows = trail.map((entry) => {
    const why = words.pick(entry.reason)
    const whose = entry.actor ? el("small", "", [entry.actor.id, entry.actor.role, entry.actor.department].filter(Boolean).join(" · ")) : null
    return el("tr", "", cell(String(entry.n)), cell(time(entry.at)), cell(happened(entry), whose, why ? el("p", "", why) : null), cell(el("code", "", entry.hash)))
  })
  return el("div", "", older, table(["#", t("print.time"), t("story.history"), t("print.entry_hash")], rows, "history"))
}

/**
 * Every event that counted.
 * @param {Sent.Alert} alert
 */
function evidence({ evidence: kept, unit }) {
  const rows = kept.map(({ at, value, place, sha256 }) => el("tr", "", cell(time(at)), cell(value === null ? "—" : `${words.number(value, 6)} ${unit}`), cell(`${place.topic} ${place.partition}/${place.offset}`), cell(el("code", "", sha256))))
  return table([t("print.time"), t("print.value"), t("print.record"), "SHA-256"], rows, "evidence")
}

/**
 * The chain's head, by which a cut or changed trail is found.
 * @param {Sent.Alert} alert
 */
function chain({ audit, head: hash }) {
  const rows = [["print.entries", String(audit)], ["print.head", hash]]
  return el("section", "chain", el("h2", "", t("print.chain")), el("dl", "", ...rows.flatMap(([name, text]) => [el("dt", "", t(name)), el("dd", "", el("code", "", text))])), el("p", "note", t("print.verify")))
}

/**
 * @param {{ person: Sent.Person, log?: string }} about
 * @param {number | null} now
 */
const printed = ({ person, log }, now) => el("footer", "", `${t("print.by")} ${person.name} (${person.id} · ${person.role}) · ${t("print.at")} ${now === null ? "—" : `${moment(now)} UTC+08:00`} · ${t("print.log")} ${log}`)

/** @param {...(Node | string | null)} content */
const cell = (...content) => el("td", "", ...content)

/**
 * @param {string[]} heads
 * @param {HTMLElement[]} rows
 * @param {string} name
 */
function table(heads, rows, name) {
  const columns = heads.map((text) => {
    const node = el("th", "", text)
    node.scope = "col"
    return node
  })
  return el("table", name, el("thead", "", el("tr", "", ...columns)), el("tbody", "", ...rows))
}
