/* What nobody has acknowledged: in process by severity and age, then after the fact. Rows keep their elements, keyed by alert. */

import { el, fill, head, say } from "./dom.js"
import { SEVERITIES, glyph } from "./marks.js"
import * as words from "./words.js"
import { t } from "./words.js"

const PHASES = ["in-process", "post-event"]
const ROOM = 13
const POST_ROOM = 4

export class List {
  constructor(acts, open) {
    this.acts = acts
    this.open = open
    this.rows = new globalThis.Map()
    this.head = head(t("panel.list"), t("panel.list_key"), t("panel.list_by"))
    this.count = el("span", "count")
    this.head.node.insertBefore(this.count, this.head.small)
    this.groups = Object.fromEntries(PHASES.map((phase) => [phase, group(phase)]))
    this.more = el("div", "more")
    this.empty = el("div", "none", t("panel.none"))
    const bodies = PHASES.flatMap((phase) => [this.groups[phase].head, this.groups[phase].body])
    this.node = el("section", "list", this.head.node, ...bodies, this.empty, this.more)
  }

  show({ list, ranking, time }, stale, chosen) {
    this.districts = Object.fromEntries(ranking.map(([district, names]) => [district.adcode, names[words.language === "zh" ? 0 : 1]]))
    const [inside, post] = PHASES.map((phase) => list[phase])
    const postRoom = Math.min(post.rows.length, Math.max(POST_ROOM, ROOM - inside.rows.length))
    const shown = { "in-process": inside.rows.slice(0, ROOM - postRoom), "post-event": post.rows.slice(0, postRoom) }
    const known = new Set()
    for (const phase of PHASES) {
      say(this.groups[phase].count, list[phase].count)
      this.groups[phase].head.hidden = !list[phase].count
      arrange(this.groups[phase].body, shown[phase].map((alert) => this.row(alert, time.now, stale, chosen, known)))
    }
    for (const id of this.rows.keys()) if (!known.has(id)) this.rows.delete(id)
    say(this.count, inside.count + post.count)
    this.empty.hidden = inside.count + post.count > 0
    this.rest(list, shown)
  }

  row(alert, now, stale, chosen, known) {
    known.add(alert.id)
    if (!this.rows.has(alert.id)) this.rows.set(alert.id, new Row(alert.id, this.open))
    const row = this.rows.get(alert.id)
    row.show(alert, this.districts[alert.adcode] ?? "", stale ? null : now, this.acts.of(alert))
    row.node.classList.toggle("chosen", alert.id === chosen)
    return row.node
  }

  rest(list, shown) {
    const hidden = PHASES.map((phase) => list[phase].count - shown[phase].length)
    const [inside, post] = hidden
    this.more.hidden = inside + post === 0
    if (this.more.hidden) return
    const parts = PHASES.filter((_, n) => hidden[n]).map((phase) => {
      const rest = list[phase].rows.slice(shown[phase].length)
      const worst = SEVERITIES.find((severity) => rest.some((alert) => alert.severity === severity)) ?? "blue"
      return el("span", "part", glyph(worst, { phase, size: 16 }), `${t(phase === "in-process" ? "panel.in_process" : "panel.post_event")} ${list[phase].count - shown[phase].length}`)
    })
    fill(this.more, el("span", "", `${t("panel.hidden")} ${inside + post} ${t("unit.count")}`), ...parts)
  }
}

function group(phase) {
  const name = phase === "in-process" ? "in_process" : "post_event"
  const count = el("span")
  const node = el("div", `gh ${name}`, el("b", "", t(`panel.${name}`)), el("span", "", `${t(`panel.${name}_what`)} `, count), el("span", "r", t(`panel.${name}_by`)))
  return { head: node, count, body: el("div", "rows") }
}

/** Put these elements there in this order, touching only what is not in its place. */
function arrange(parent, nodes) {
  nodes.forEach((node, n) => parent.children[n] !== node && parent.insertBefore(node, parent.children[n] ?? null))
  while (parent.children.length > nodes.length) parent.lastChild.remove()
}

class Row {
  constructor(id, open) {
    this.parts = Object.fromEntries(["g", "t", "v", "a", "s", "c", "d"].map((name) => [name, el("div", name)]))
    this.node = el("div", "row", ...Object.values(this.parts))
    this.node.dataset.alert = id
    this.node.tabIndex = 0
    this.node.role = "button"
    this.node.onclick = () => open(id)
    this.node.onkeydown = (event) => event.key === "Enter" && open(id)
  }

  show(alert, district, now, act) {
    const { g, t: title, v, a, s, c, d } = this.parts
    const look = `${alert.severity}-${alert.state[0]}-${alert.phase}`
    if (look !== this.look) fill(g, glyph(alert.severity, { state: alert.state[0], phase: alert.phase, size: 24 }))
    this.look = look
    say(title, titled(alert))
    say(s, [district, words.pick(alert.name)].filter(Boolean).join(" "))
    fill(v, ...(alert.due === null ? measured(alert) : remaining(alert, now)))
    say(c, clause(alert))
    say(d, words.pick(alert.department))
    fill(a, el("em", "", act && !["conflict", "done"].includes(act.state) ? t(`act.${act.state === "pending" ? "pending_short" : act.state}`).split("：")[0].split(":")[0] : letter(alert)), now === null ? "—" : words.duration(now - alert.raised))
    this.node.classList.toggle("r", alert.severity === "red")
    this.node.classList.toggle("pending", act?.state === "pending" || act?.state === "sending")
    this.node.classList.toggle("unaccepted", act?.state === "unaccepted" || act?.state === "refused")
  }
}

/** The title, and before it what of the subject it is about. */
export const titled = (alert) => [words.word(`item.${alert.item}`), words.pick(alert.title)].filter(Boolean).join(" ")

const letter = (alert) => `${alert.state[0]} ${alert.state[0] === "D" ? t("row.returned") : ""}`

/** The clause in short, with its mark where it is still to be verified. */
export function clause({ clause: [edition, article, mark] }) {
  return `${edition} ${article}${mark === "M" ? ` · ${t("story.unverified")}` : ""}`
}

/** The value against its limit. */
export function measured({ value, limit, unit }) {
  const bound = limit === null ? unit : `${words.number(limit)} ${unit}`
  if (value === null) return [el("span", "", limit === null ? "" : `${t("row.limit")} ${bound}`)]
  const relation = limit === null ? "" : value > limit ? "> " : value < limit ? "< " : "= "
  return [el("b", "", words.number(value)), el("span", "", `${relation}${bound}`)]
}

/** The time that is left to a deadline, or by how much it has passed. */
export function remaining({ due, provisional }, now) {
  if (now === null) return [el("b", "", "—")]
  const late = now > due
  return [el("b", late ? "late" : "", `${t(late ? "row.overdue" : "row.left")} ${words.duration(Math.abs(due - now))}`), provisional ? ` ${t("row.provisional")}` : ""]
}
