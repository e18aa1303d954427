/* What nobody has acknowledged: incidents first, in process by severity and age, then after the fact; the alerts of an incident unfold
   below it. Rows keep their elements, keyed by alert or incident. */

import { get } from "../../common/server/get.js"
import { bureau, clause, measured, placed, remaining, sealing, titled } from "../../common/alert/alert.js"
import { arrange, change, el, fill, head, say } from "../../common/dom.js"
import { domainName } from "../domains.js"
import { FloodBand } from "./flood.js"
import { SEVERITIES, glyph } from "../../common/marks.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"
import { alerts, left, seenIn, shown } from "./order.js"

/** @type {Sent.Phase[]} */
const PHASES = ["in-process", "post-event"]
/** Milliseconds after which an unfolded incident asks for its alerts again. */
const AGAIN = 1000

export class List {
  /** @type {{ view: string | null, groups: Set<string> }} */
  seen
  /** @type {Record<string, string>} */
  districts
  /** @type {Map<string, any>} */
  rows = new globalThis.Map()
  /** @type {{ id: string, rows: Sent.Row[], asked: number } | null} */
  unfolded = null
  /** @type {Set<string>} */
  unsealed = new Set()

  /**
   * @param {import("../../common/alert/acts.js").Acts} acts
   * @param {(id: string) => void} open
   */
  constructor(acts, open) {
    this.acts = acts
    this.open = open
    this.all = false
    this.band = new FloodBand()
    this.head = head(t("panel.list"), t("panel.list_key"), t("panel.list_by"))
    this.count = el("span", "count")
    this.head.node.insertBefore(this.count, this.head.small)
    this.groups = Object.fromEntries(PHASES.map((phase) => [phase, heading(phase)]))
    this.more = el("button", "more")
    this.more.onclick = () => { this.all = !this.all }
    this.empty = el("div", "none", t("panel.none"))
    const bodies = PHASES.flatMap((phase) => [this.groups[phase].head, this.groups[phase].body])
    this.node = el("section", "list", this.band.node, this.head.node, ...bodies, this.empty, this.more)
  }

  /**
   * `seen`: the view of the wall, and the rows (`groups`) that are new and red.
   * @param {Pick<Sent.Sections, "list" | "floods" | "ranking" | "time" | "domains" | "unsealed">} sections
   * @param {boolean} stale
   * @param {string | null} chosen
   * @param {{ view: string | null, groups: Set<string> }} seen
   * @param {number} [room] rows that it has, where not as many as beside the map
   */
  show({ list, floods, ranking, time, domains, unsealed }, stale, chosen, seen, room) {
    this.seen = seen
    this.unsealed = new Set(unsealed)
    this.about(domains)
    this.districts = Object.fromEntries(ranking.map(([district, names]) => [district.adcode, names[words.language === "zh" ? 0 : 1]]))
    const [inside, post] = PHASES.map((phase) => ({ ...list[phase], rows: list[phase].rows.filter(seenIn(seen.view)) }))
    const { long } = this
    const found = shown(inside.rows, post.rows, seen.groups, { long, flood: floods.length > 0, room })
    this.node.classList.toggle("long", long)
    this.refresh()
    this.band.show(floods, inside.count + post.count, inside.entries + post.entries)
    const known = new Set()
    for (const phase of PHASES) {
      say(this.groups[phase].count, list[phase].count)
      this.groups[phase].head.hidden = !list[phase].count
      arrange(this.groups[phase].body, found[phase].flatMap((entry) => this.entry(entry, time.now, stale, chosen, known)))
    }
    for (const id of this.rows.keys()) if (!known.has(id)) this.rows.delete(id)
    const entries = inside.entries + post.entries
    say(this.count, inside.count + post.count + (entries < inside.count + post.count ? ` = ${entries} ${t("incident.unit")}` : ""))
    this.empty.hidden = inside.count + post.count > 0
    this.rest(list, found)
  }

  /** Whether a person has unfolded it. */
  get long() {
    return this.all || this.unfolded !== null
  }

  /**
   * What the list holds, beside its title.
   * @param {Sent.Domain[]} domains
   */
  about(domains) {
    const domain = domains.find(({ name }) => name === this.seen.view)
    say(this.head.small, domain ? `${domainName(domain)} ${t("panel.list_view")}` : t("panel.list_key"))
  }

  /**
   * The elements of an entry: an alert that stands alone, or an incident and, unfolded, its alerts.
   * @param {Sent.Listed} entry
   * @param {number | null} now
   * @param {boolean} stale
   * @param {string | null} chosen
   * @param {Set<string>} known
   */
  entry(entry, now, stale, chosen, known) {
    if (!entry.incident) return [this.row(entry, now, stale, chosen, known)]
    const { id } = entry.incident
    known.add(id)
    if (!this.rows.has(id)) this.rows.set(id, new IncidentRow(id, () => this.toggle(id)))
    const row = this.rows.get(id)
    const open = this.unfolded?.id === id
    row.show(entry, this.districts[entry.incident.adcode] ?? t("city"), stale ? null : now, open)
    row.node.classList.toggle("fresh", this.seen.groups.has(id))
    row.alert = entry.id
    const below = open ? this.unfolded?.rows : entry.reds
    return [row.node, ...(below ?? []).map((alert) => this.row(alert, now, stale, chosen, known, true))]
  }

  /**
   * Unfold an incident, or fold it again.
   * @param {string} id
   */
  toggle(id) {
    this.unfolded = this.unfolded?.id === id ? null : { id, rows: [], asked: -Infinity }
  }

  /** Ask for the alerts of the unfolded incident, now and each second. */
  async refresh() {
    const { unfolded } = this
    if (unfolded === null || performance.now() - unfolded.asked < AGAIN) return
    const row = this.rows.get(unfolded.id)
    if (!row) {
      this.unfolded = null
      return
    }
    unfolded.asked = performance.now()
    const { status, body } = await get(`incident/${encodeURIComponent(row.alert)}`)
    if (status === 200 && body) unfolded.rows = body.rows
  }

  /**
   * @param {Sent.Row} alert
   * @param {number | null} now
   * @param {boolean} stale
   * @param {string | null} chosen
   * @param {Set<string>} known
   * @param {boolean} [member]
   */
  row(alert, now, stale, chosen, known, member = false) {
    known.add(alert.id)
    if (!this.rows.has(alert.id)) this.rows.set(alert.id, new Row(alert.id, this.open))
    const row = this.rows.get(alert.id)
    row.show(alert, this.districts[alert.adcode] ?? "", stale ? null : now, this.acts.of(alert), this.unsealed.has(alert.id))
    row.node.classList.toggle("chosen", alert.id === chosen)
    row.node.classList.toggle("fresh", this.seen.groups.has(alert.id))
    row.node.classList.toggle("member", member)
    return row.node
  }

  /**
   * @param {Sent.Sections["list"]} list
   * @param {import("./order.js").Shown} found
   */
  rest(list, found) {
    const hidden = PHASES.map((phase) => list[phase].count - alerts(found[phase]))
    const [inside, post] = hidden
    this.more.hidden = inside + post === 0 && !this.all
    if (this.more.hidden) return
    if (inside + post === 0) return change(this.more, t("incident.fold"))
    const parts = PHASES.flatMap((phase, n) => hidden[n] ? rests(phase, left(list[phase].severities, found[phase])) : [])
    change(this.more, el("span", "", `${t("panel.hidden")} ${inside + post} ${t("unit.count")}`), ...parts)
  }
}

/**
 * Counts by severity with their glyphs, those of nothing left out.
 * @param {Sent.Phase} phase
 * @param {Sent.Counts} counts
 */
const rests = (phase, counts) => SEVERITIES.flatMap((severity, n) => (counts[n] > 0 ? [el("span", "part", glyph(severity, { phase, size: 16 }), String(counts[n]))] : []))

/** @param {Sent.Phase} phase */
function heading(phase) {
  const name = phase === "in-process" ? "in_process" : "post_event"
  const count = el("span")
  const node = el("div", `gh ${name}`, el("b", "", t(`panel.${name}`)), el("span", "", `${t(`panel.${name}_what`)} `, count), el("span", "r", t(`panel.${name}_by`)))
  return { head: node, count, body: el("div", "rows") }
}

/**
 * The cells of a row and the row, which a click or Enter presses.
 * @param {string} className
 * @param {() => void} press
 */
function cells(className, press) {
  const parts = Object.fromEntries(["g", "t", "v", "a", "s", "c", "d"].map((name) => [name, el("div", name)]))
  const node = el("div", className, ...Object.values(parts))
  node.tabIndex = 0
  node.role = "button"
  node.onclick = press
  node.onkeydown = (event) => event.key === "Enter" && press()
  return { parts, node }
}

/** An incident of several alerts: its worst unacknowledged one gives the glyph and the age. */
class IncidentRow {
  /** @type {string} */
  look
  /** @type {Record<string, HTMLElement>} */
  parts
  /** @type {HTMLElement} */
  node
  /** @type {string} */
  alert

  /**
   * @param {string} id
   * @param {() => void} press
   */
  constructor(id, press) {
    Object.assign(this, cells("row incident", press))
    this.node.dataset.incident = id
  }

  /**
   * @param {Sent.Listed} entry
   * @param {string} district
   * @param {number | null} now
   * @param {boolean} open
   */
  show({ incident, waiting, severity, state, phase, raised }, district, now, open) {
    if (!incident) return
    const { g, t: title, v, a, s, c, d } = this.parts
    const look = `${severity}-${state[0]}-${phase}`
    if (look !== this.look) fill(g, glyph(severity, { state: state[0], phase, size: 24 }))
    this.look = look
    say(title, words.pick(incident.title))
    const helpers = incident.helpers.length ? ` · ${t("incident.helpers")} ${incident.helpers.length}` : ""
    say(s, `${district} · ${t("incident.whole")} ${incident.count} ${t("incident.alert")}${helpers}`)
    change(v, el("b", "", String(waiting)), el("span", "", `${t("incident.alert")} ${t("incident.waiting")}`))
    const why = incident.flood ? [t("incident.flood")] : incident.rules.map(words.pick)
    say(c, [...(incident.rules.length ? [t("incident.inferred")] : []), ...why].join(" · "))
    say(d, bureau(words.pick(incident.lead.name)))
    change(a, el("em", "", open ? "▾" : "▸"), now === null ? "—" : words.duration(now - raised))
    this.node.classList.toggle("r", severity === "red")
    this.node.ariaExpanded = String(open)
  }
}

class Row {
  /** @type {string} */
  look
  /** @type {Record<string, HTMLElement>} */
  parts
  /** @type {HTMLElement} */
  node

  /**
   * @param {string} id
   * @param {(id: string) => void} open
   */
  constructor(id, open) {
    Object.assign(this, cells("row", () => open(id)))
    this.node.dataset.alert = id
  }

  /**
   * @param {Sent.Row} alert
   * @param {string} district
   * @param {number | null} now
   * @param {import("../../common/alert/acts.js").Act | undefined} act
   * @param {boolean} unsealed
   */
  show(alert, district, now, act, unsealed) {
    const { g, t: title, v, a, s, c, d } = this.parts
    const look = `${alert.severity}-${alert.state[0]}-${alert.phase}`
    if (look !== this.look) fill(g, glyph(alert.severity, { state: alert.state[0], phase: alert.phase, size: 24 }))
    this.look = look
    say(title, titled(alert))
    say(s, placed(district, words.pick(alert.name)))
    change(v, ...(alert.due === null ? measured(alert) : remaining({ ...alert, due: alert.due }, now)))
    say(c, [clause(alert), sealing(unsealed)].filter(Boolean).join(" · "))
    say(d, bureau(words.pick(alert.department)))
    change(a, el("em", "", act && !["conflict", "forbidden", "done"].includes(act.state) ? t(`act.${act.state === "pending" ? "pending_short" : act.state}`).split("：")[0].split(":")[0] : letter(alert)), now === null ? "—" : words.duration(now - alert.raised))
    this.node.classList.toggle("r", alert.severity === "red")
    this.node.classList.toggle("pending", act?.state === "pending" || act?.state === "sending")
    this.node.classList.toggle("unaccepted", act?.state === "unaccepted" || act?.state === "refused")
  }
}

/** @param {Sent.Row} alert */
const letter = (alert) => `${alert.state[0]} ${alert.state[0] === "D" ? t("row.returned") : ""}`
