/* What if, for duties: other limits, days, duty list or staffing over a past period, asked as a job; by unit what would have been late, each order opens its story. */

import { button, el, fill, option, say } from "../../common/dom.js"
import { get } from "../../common/server/get.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"
import { Progress } from "../../replay/jobs/jobs.js"
import { storyAt } from "../lists.js"
import { shift } from "../query.js"
import { dutiesParams } from "./other_duties.js"
import { FormRows } from "./rows.js"
import { Sheet } from "./sheet.js"

const KIND = "duties"

/** Changed duties that are drawn at once; the others are counted. */
const DRAWN = 300

export class DutiesSheet {
  job = ""
  unit = ""

  /**
   * @param {import("../../replay/jobs/jobs.js").Jobs} jobs
   * @param {() => void} shut
   */
  constructor(jobs, shut) {
    this.jobs = jobs
    this.sheet = new Sheet("duties", t("oversight.duties"), t("oversight.duties_note"), shut)
    this.node = this.sheet.node
    this.progress = new Progress(jobs)
    this.form = el("form", "dform")
    this.form.onsubmit = (event) => this.ask(event)
    this.result = el("div", "dresult")
    fill(this.sheet.body, el("div", "dtwo", this.form, this.result))
    this.past = el("select", "choice")
    this.past.ariaLabel = t("oversight.duties_past")
    this.past.onchange = () => this.look(this.past.value)
    fill(this.sheet.tools, this.past, this.progress.node)
    this.sheet.state.hidden = true
  }

  /**
   * @param {boolean} open
   * @param {Sent.OversightBook} book
   */
  show(open, book) {
    const first = open && !this.book
    this.book = book
    this.sheet.turn(open)
    if (first) this.build(book)
    if (open) this.tell()
  }

  /** @param {Sent.OversightBook} book */
  build(book) {
    const day = book.state.day
    const input = (/** @type {string} */ label, /** @type {string} */ value = "", /** @type {string} */ hint = "") => {
      const node = Object.assign(el("input", "purpose"), { value, placeholder: hint, maxLength: 400 })
      node.ariaLabel = t(label)
      return node
    }
    const select = (/** @type {string} */ label, /** @type {HTMLOptionElement[]} */ options) => {
      const node = el("select", "choice")
      node.ariaLabel = t(label)
      fill(node, ...options)
      return node
    }
    const kinds = Object.entries(book.kinds)
    const limits = new FormRows(() => {
      const none = () => option("", t("oversight.duties_clock"))
      const clock = select("oversight.duties_clock", [none()])
      const kind = select("oversight.kind", [option("", t("oversight.kind")), ...kinds.map(([id, { title }]) => option(id, words.pick(title)))])
      kind.onchange = () => fill(clock, ...(book.kinds[kind.value]?.clocks.map((name) => option(name, clockName(name))) ?? [none()]))
      return { kind, clock, limit: input("oversight.duties_limit_text", "", "5 civil-working-days") }
    })
    const unit = (/** @type {string} */ label) => select(label, [option("", t("oversight.unit")), ...book.units.map(({ id, name }) => option(id, words.pick(name)))])
    const routes = new FormRows(() => ({ topic: input("oversight.matter", "", t("oversight.duties_topic")), main: unit("oversight.duties_main") }))
    const staff = new FormRows(() => {
      const [now, then] = ["oversight.duties_now", "oversight.duties_then"].map((label) => Object.assign(input(label, "", t(label)), { inputMode: "numeric" }))
      return { unit: unit("oversight.duties_staff_unit"), now, then }
    })
    const [from, to] = [input("oversight.since"), input("oversight.until")]
    from.type = to.type = "date"
    from.value = monthsBack(day, 3)
    to.value = day
    const [off, work, hours] = [input("oversight.duties_off", "", "2026-03-10"), input("oversight.duties_work", "", "2026-03-14"), input("oversight.duties_hours", "", "08:30 12:00 13:30 17:30")]
    this.fields = { from, to, limits, off, work, hours, routes, staff }
    const send = el("button", "btn go", t("oversight.duties_ask"))
    send.type = "submit"
    this.send = send
    this.said = el("p", "said")
    this.said.role = "status"
    const part = (/** @type {string} */ name, /** @type {Node[]} */ ...nodes) => el("fieldset", "", el("legend", "", t(`oversight.${name}`)), ...nodes)
    fill(
      this.form,
      part("period", from, to),
      part("duties_limits", limits.node),
      part("duties_calendar", off, work, hours),
      part("duties_list", routes.node),
      part("duties_staff_list", staff.node),
      el("div", "acts", send),
      this.said,
    )
  }

  /** @param {SubmitEvent} event */
  async ask(event) {
    event.preventDefault()
    const { fields, send, said } = this
    if (!fields || !send || !said) return
    const { from, to, off, work, hours, limits, routes, staff } = fields
    const written = { from: from.value, to: to.value, off: off.value, work: work.value, hours: hours.value, limits: limits.values, routes: routes.values, staff: staff.values }
    const { wrong, params } = dutiesParams(/** @type {import("./other_duties.js").DutiesWritten} */ (written))
    if (wrong || !params) return say(said, t(`oversight.${wrong}`))
    send.disabled = true
    const { id, error } = await this.jobs.ask(KIND, params)
    send.disabled = false
    say(said, error ?? "")
    if (id) this.look(id)
  }

  /** How far it is, and the results of before. */
  tell() {
    if (this.node.hidden) return
    const all = this.jobs.of(KIND)
    if (!this.job && all.length) this.job = all[0].id
    const job = this.jobs.known.get(this.job)
    const name = (/** @type {Sent.Job} */ each) => `${each.params?.from?.slice(0, 10) ?? ""} – ${each.params?.to?.slice(0, 10) ?? ""} · ${t(`job.${each.state}`)}`
    fill(this.past, ...(all.length ? all.map((each) => option(each.id, name(each))) : [option("", t("oversight.duties_none"))]))
    this.past.value = this.job
    this.progress.show(job?.state === "done" ? null : job)
    if (job?.state === "done" && this.drawn !== job.id) this.read(job.id)
    if (!job && !this.result.childElementCount) fill(this.result, el("p", "none", t("oversight.duties_how")))
  }

  /** @param {string} job */
  look(job) {
    this.job = job
    this.drawn = ""
    fill(this.result)
    this.tell()
  }

  /** @param {string} job */
  async read(job) {
    this.drawn = job
    const { status, body } = await get(`job/${encodeURIComponent(job)}/result.json`)
    if (this.job !== job) return
    if (status !== 200) return fill(this.result, el("p", "none", t("oversight.duties_gone")))
    this.unit = ""
    this.found = /** @type {Sent.DutiesFound} */ (body)
    this.draw(this.found)
  }

  /** @param {Sent.DutiesFound} found */
  draw(found) {
    const cells = ["unit", "clock", "due", "late", "share", "due_then", "late_then", "share_then", "saved", "lost", "moved"]
    const heads = el("div", "dunit heads", ...cells.map((name) => el("span", name === "unit" || name === "clock" ? "" : "n", t(`oversight.duties_${name}`))))
    const units = found.units.map((each) => this.sums(each))
    const rows = found.rows.filter(({ unit, other_unit }) => !this.unit || [unit, other_unit].includes(this.unit))
    const said = t("oversight.duties_found").replace("{compared}", words.number(found.compared)).replace("{changed}", words.number(found.changed))
    const beyond = Object.entries(found.beyond).map(([unit, count]) => el("p", "strong", t("oversight.duties_beyond").replace("{unit}", this.named(unit)).replace("{}", words.number(count))))
    const more = rows.length - DRAWN + (this.unit ? 0 : found.more)
    fill(
      this.result,
      el("p", "", said),
      ...beyond,
      heads,
      ...units,
      el("h3", "", t("oversight.duties_changed"), this.unit ? button("all", () => this.pick(""), `${this.named(this.unit)} ×`) : null),
      ...(rows.length ? rows.slice(0, DRAWN).map((each) => this.duty(each)) : [el("p", "none", t("oversight.duties_unchanged"))]),
      more > 0 ? el("p", "none", t("oversight.more").replace("{}", words.number(more))) : null,
      el("p", "none", t("oversight.duties_limits_of")),
    )
  }

  /** @param {string} unit */
  pick(unit) {
    this.unit = unit
    if (this.found) this.draw(this.found)
  }

  /** @param {string} unit */
  named(unit) {
    return words.pick(this.book?.units.find(({ id }) => id === unit)?.name) || unit || "—"
  }

  /** @param {Sent.UnitDuties} each */
  sums(each) {
    const { unit, clock, due, late, share, other_due, other_late, other_share, saved, lost, gone, come } = each
    const node = el(
      "div",
      "dunit",
      button("name", () => this.pick(unit), this.named(unit)),
      el("span", "", clockName(clock)),
      ...[due, late, shareOf(share), other_due, other_late, shareOf(other_share), saved, lost, gone || come ? `−${gone} +${come}` : 0].map((text) => el("span", text === 0 ? "n zero" : "n", typeof text === "number" ? words.number(text) : text)),
    )
    node.classList.toggle("on", unit === this.unit)
    return node
  }

  /** @param {Sent.DutyCompared} each */
  duty({ order, number, kind, clock, unit, other_unit, due, other_due, before, after }) {
    const node = el(
      "a",
      "dduty",
      el("b", "", number || order.slice(0, 8)),
      el("span", "", `${words.pick(this.book?.kinds[kind]?.title) || kind} · ${clockName(clock)}`),
      el("span", "", unit === other_unit ? this.named(unit) : `${this.named(unit)} → ${this.named(other_unit)}`),
      el("span", "n", due === other_due ? words.due(due) : `${words.due(due)} → ${words.due(other_due)}`),
      el("span", "", `${t(`oversight.fate_${words.key(before)}`)} → ${t(`oversight.fate_${words.key(after)}`)}`),
    )
    node.href = storyAt(order)
    return node
  }
}

/**
 * A share with its interval; a dash where nothing was due.
 * @param {[number, number, number] | null} share
 */
const shareOf = (share) => (share ? `${(100 * share[0]).toFixed(1)} % (${(100 * share[1]).toFixed(0)}–${(100 * share[2]).toFixed(0)})` : "—")

/**
 * What a clock is called; its name where nobody has said.
 * @param {string} clock
 */
const clockName = (clock) => words.word(`order_clock.${words.key(clock)}`) || clock

/**
 * The same day some months before, at latest the 28th of that month.
 * @param {string} day
 * @param {number} back
 */
function monthsBack(day, back) {
  return `${shift(day.slice(0, 7), -back)}-${String(Math.min(Number(day.slice(8)), 28)).padStart(2, "0")}`
}
