/* Requests to share: those to this department, its own, with the law's days; the chosen one with its steps and what may be done to it. */

import { button, el, fill, say } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import { ANSWERS, SAYS, post } from "../common/server/press.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

const GROUPS = ["waiting", "ours", "theirs"]
const WHY = new Set(["refused", "extension-asked", "extension-refused", "revoked", "used"])

/** @param {Sent.SharingRequest} request */
export const period = ({ since, until }) => `${since} – ${until}`

/**
 * The working days that are left of a clock, or have gone beyond its end.
 * @param {Sent.LawClock} clock
 */
export function left({ met, late, left: days }) {
  if (met) return t(late ? "sharing.met_late" : "directory.met")
  if (late) return days ? t("sharing.over").replace("{}", String(-days)) : t("directory.is_late")
  return days ? t("sharing.left").replace("{}", String(days)) : t("sharing.today")
}

/**
 * A clock in one line: name, source, end, what is left.
 * @param {Sent.LawClock} clock
 */
export function clockLine(clock) {
  const end = words.due(Date.parse(clock.due))
  return el("p", "clockline", clock.late ? glyph("red", { size: 12 }) : null, words.pick(clock.name), el("small", "", `${words.pick(clock.source)} · ${t("directory.due")} ${end}`), el("b", clock.late ? "red" : "", left(clock)))
}

/**
 * The clock that tells how a request stands: the one that runs, else the last.
 * @param {Sent.SharingRequest} request
 */
const running = ({ clocks }) => clocks.find(({ met }) => !met) ?? clocks[clocks.length - 1]

/** @param {Sent.SharingRequest} request */
const isOpen = ({ state }) => state === "asked" || state === "accepted"

/** @param {Sent.SharingRequest} request */
const group = ({ side, offers }) => (side === "theirs" && offers.length ? "waiting" : side)

export class Requests {
  /** @type {Sent.SharingRequest[]} */
  all = []
  /** @type {Sent.SharingRequest[]} */
  told = []
  chosen = ""
  shown = ""
  open = 0
  late = 0
  busy = false

  /**
   * `done()` is called when something was done; `see(type)` shows a type.
   * @param {() => void} done
   * @param {(type: string) => void} see
   */
  constructor(done, see) {
    this.done = done
    this.see = see
    this.list = el("div", "requests")
    this.detail = el("div", "detail")
    this.reason = Object.assign(el("textarea", "reason"), { maxLength: 500, rows: 2, placeholder: t("sharing.reason") })
    this.reason.ariaLabel = t("sharing.reason")
    this.reason.oninput = () => this.enable()
    this.acts = el("div", "menu")
    this.state = el("p", "state")
    this.state.role = "status"
    this.writing = el("div", "act", this.reason, this.acts, this.state)
    this.node = el("div", "sharing", el("div", "top", el("h2", "", t("sharing.title")), el("span", "law", t("sharing.law"))), this.list, this.detail, this.writing)
    this.node.hidden = true
  }

  /** @param {Sent.Sharing} sharing */
  show({ requests }) {
    this.all = requests
    this.told = requests.filter(({ side }) => side)
    this.open = this.told.filter(isOpen).length
    this.late = this.told.filter((each) => isOpen(each) && each.clocks.some(({ met, late }) => late && !met)).length
    const key = JSON.stringify(requests)
    if (key === this.shown) return
    this.shown = key
    const sections = GROUPS.map((name) => {
      const rows = this.told.filter((each) => group(each) === name).reverse()
      return rows.length ? el("section", "", el("h3", "", `${t(`sharing.${name}`)} `, el("small", "", String(rows.length))), el("ul", "", ...rows.map((each) => this.row(each)))) : null
    })
    fill(this.list, ...sections, this.told.length ? null : el("p", "none", t("sharing.nothing")))
    this.choose(this.chosen && requests.some(({ id }) => id === this.chosen) ? this.chosen : (this.order()[0] ?? ""))
  }

  /** The requests as they stand in the list. */
  order() {
    return [...this.list.querySelectorAll("button")].map(({ dataset }) => dataset.request ?? "")
  }

  /** @param {Sent.SharingRequest} request */
  row(request) {
    const clock = running(request)
    const node = button("request", () => this.choose(request.id))
    node.dataset.request = request.id
    const two = (/** @type {string} */ one, /** @type {string} */ other) => el("span", "two", el("b", "", one), el("small", "", other))
    const late = isOpen(request) && clock.late
    node.append(
      two(words.pick(request.title), request.type),
      two(words.pick(request.unit), `→ ${words.pick(request.provider)}`),
      two(t(`directory.way_${request.way}`), period(request)),
      two(t(`sharing.state_${request.state}`), t(`directory.sharing_${request.sharing}`)),
      isOpen(request) ? el("span", "two", el("b", late ? "red" : "", late ? glyph("red", { size: 12 }) : "", ` ${left(clock)}`), el("small", "", `${words.pick(clock.name)} · ${words.due(Date.parse(clock.due))}`)) : el("span", "two", el("b", "", "—")),
    )
    return el("li", "", node)
  }

  /**
   * Show a request, whether or not the list has it.
   * @param {string} id
   */
  choose(id) {
    if (id !== this.chosen) {
      this.reason.value = ""
      say(this.state, "")
    }
    this.chosen = id
    for (const node of this.list.querySelectorAll("button")) node.ariaPressed = String(node.dataset.request === id)
    const request = this.all.find((each) => each.id === id)
    this.detail.hidden = this.writing.hidden = !request
    if (!request) return
    this.about(request)
    fill(this.acts, ...request.offers.map((act) => this.act(request, act)))
    this.reason.hidden = !request.offers.some((act) => WHY.has(act))
    this.enable()
  }

  /** @param {Sent.SharingRequest} request */
  about(request) {
    const refused = request.sharing === "none" ? words.pick(request.condition) : ""
    /** @type {[string, string][]} */
    const facts = [
      ["asker", `${words.pick(request.unit)} · ${words.who(request.by)}`],
      ["provider", words.pick(request.provider)],
      ["purpose", request.purpose],
      ["use", request.use],
      ["basis", request.basis],
      ["way", `${t(`directory.way_${request.way}`)} · ${period(request)}`],
      ["fields", request.fields.length ? request.fields.join(t("comma")) : t("sharing.all_fields")],
      ["condition", words.pick(request.condition)],
    ]
    const steps = request.steps.map(({ title, at, unit, by, reason }) => el("li", "row stepline", el("b", "", words.pick(title)), el("span", "", words.moment(Date.parse(at))), el("span", "", `${words.pick(unit)} · ${words.who(by)}`), el("span", "why", reason)))
    const at_once = request.sharing === "conditional" ? [] : [el("li", "row stepline", el("b", "", t(`sharing.at_once_${request.sharing}`)), el("span", "", ""), el("span", "", t("sharing.by_law")), el("span", "why", refused))]
    steps.splice(1, 0, ...at_once)
    const type = button("link", () => this.see(request.type), words.pick(request.title))
    fill(this.detail, el("h3", "", type, " ", el("small", "", `${t(`sharing.state_${request.state}`)} · ${t(`directory.sharing_${request.sharing}`)}`)), el("dl", "elements", ...facts.flatMap(([name, text]) => [el("dt", "", t(`sharing.${name}`)), el("dd", "", text)])), ...request.clocks.map(clockLine), el("ol", "", ...steps))
  }

  /**
   * @param {Sent.SharingRequest} request
   * @param {string} act
   */
  act(request, act) {
    const node = button("btn", () => this.send(request, act), t(`sharing.do_${words.key(act)}`))
    node.dataset.act = act
    return node
  }

  enable() {
    const why = Boolean(this.reason.value.trim())
    for (const node of this.acts.querySelectorAll("button")) node.disabled = this.busy || (WHY.has(node.dataset.act ?? "") && !why)
  }

  /**
   * @param {Sent.SharingRequest} request
   * @param {string} act
   */
  async send(request, act) {
    this.busy = true
    this.enable()
    say(this.state, t("act.sending"))
    const answer = await post("sharing", { request: request.id, step: act, reason: WHY.has(act) ? this.reason.value.trim() : "" })
    this.busy = false
    if (act === "used") this.reason.value = ""
    say(this.state, t(SAYS[ANSWERS[answer?.status ?? 0] ?? "unaccepted"]))
    this.enable()
    this.done()
  }

  /**
   * To the next request of the list, or the one before.
   * @param {number} by
   */
  step(by) {
    const ids = this.order()
    const next = ids[Math.min(Math.max(ids.indexOf(this.chosen) + by, 0), ids.length - 1)]
    if (!next) return
    this.choose(next)
    this.list.querySelector(`button[data-request="${next}"]`)?.scrollIntoView({ block: "nearest" })
  }
}
