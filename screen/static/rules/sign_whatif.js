/* How often other thresholds of a sign would have called, beside its own, month by month: asked for as a job, its answer as a table. */

import { button, el, fill, option, say } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import { get } from "../common/server/get.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { Progress, underway } from "../replay/jobs/jobs.js"
import { Results, opener } from "../replay/jobs/results.js"
import { stamp } from "../replay/time/period.js"
import { LEVELS, asked, beyond, called, together, within } from "./months.js"

/** The longest time that is asked for at first: a year. */
const YEAR = 365 * 86_400_000

/** @typedef {{ from: number, to: number, sign: string, unit: string, delay: string | null, deadband: number | null, thresholds: { own: Record<string, number>, other: Record<string, number> }, months: import("./months.js").Month[] }} Answer */

export class SignWhatIf {
  /** @type {string} */
  id = ""
  /** @type {Sent.SignSpec} */
  sign
  /** @type {{ from: number | null, to: number | null }} */
  archive = { from: null, to: null }
  /** @type {string | null} */
  wanted = null
  /** @type {string | null} the job whose answer is shown */
  shown = null
  /** @type {Map<string, string>} */
  names = new globalThis.Map()
  sending = false
  may = false

  /** @param {import("../replay/jobs/jobs.js").Jobs} jobs */
  constructor(jobs) {
    this.jobs = jobs
    this.levels = LEVELS.map((level) => ({ level, input: field(6), label: el("span", "name", glyph(level, { size: 16 }), t(`severity.${level}`)), unit: el("span", "unit") }))
    this.delay = field(6)
    this.deadband = field(8)
    this.area = el("select")
    this.from = Object.assign(el("input", "day"), { type: "date", required: true })
    this.to = Object.assign(el("input", "day"), { type: "date", required: true })
    this.ask = button("do", () => this.send(), t("sign_page.ask"))
    this.said = el("p", "said")
    this.said.role = "alert"
    this.progress = new Progress(jobs)
    this.progress.node.hidden = true
    const rows = this.levels.map(({ input, label, unit }) => el("label", "row", label, input, unit))
    this.form = el("form", "asking", ...rows, labelled(t("sign_page.delay"), this.delay, t("whatif.length")), labelled(t("sign_page.deadband"), this.deadband), labelled(t("sign_page.area"), this.area), el("div", "row", el("span", "name", t("sign_page.period")), el("span", "time", this.from, " – ", this.to)), el("div", "row", this.ask, this.progress.node))
    this.from.ariaLabel = `${t("sign_page.period")} ${t("replay.from")}`
    this.to.ariaLabel = `${t("sign_page.period")} ${t("replay.to")}`
    this.form.onsubmit = (event) => { event.preventDefault(); this.send() }
    this.form.oninput = () => this.check()
    this.refused = el("p", "none", t("may.role"))
    this.results = new Results(jobs, "sign-whatif", t("whatif.earlier"), (job) => this.about(job), (job) => [opener(t("whatif.open"), () => this.open(job))], (job) => job.params.sign === this.id)
    this.answer = el("div", "answer")
    this.answer.role = "region"
    this.answer.ariaLabel = t("sign_page.answer")
    this.answer.tabIndex = 0
    this.answer.hidden = true
    this.node = el("section", "sign-whatif", el("h3", "", t("sign_page.whatif"), el("small", "", t("sign_page.whatif_by"))), this.refused, this.form, this.said, this.answer, this.results.node)
  }

  /** The days that the archive has, where the person may ask. */
  async read() {
    const { status, body } = await get("days")
    if (status !== 200) return
    this.archive = body
    this.prefill()
    this.check()
  }

  /** The whole of the archive's days, a year at most, unless somebody has chosen some. */
  prefill() {
    const { from, to } = this.archive
    if (from === null || to === null || this.from.value) return
    this.from.value = words.date(Math.max(from, to - YEAR))
    this.to.value = words.date(to - 1)
    for (const each of [this.from, this.to]) Object.assign(each, { min: words.date(from), max: words.date(to - 1) })
  }

  /**
   * @param {string} id
   * @param {Sent.SignSpec} sign
   */
  show(id, sign) {
    Object.assign(this, { id, sign, wanted: null, shown: null })
    this.answer.hidden = true
    say(this.said, "")
    const own = new Map(sign.limits.map(({ severity, value }) => [severity, value]))
    for (const { level, input, unit } of this.levels) {
      input.value = own.has(level) ? String(own.get(level)) : ""
      input.placeholder = t("sign_page.without")
      say(unit, `${sign.better === "higher" ? "≤" : "≥"} ${words.measure(sign.unit)}`)
    }
    this.delay.value = sign.delay
    this.deadband.value = sign.deadband === null ? "" : String(sign.deadband)
    this.draw(this.may)
    this.check()
  }

  /**
   * The areas to choose from.
   * @param {Sent.SignArea[]} areas
   */
  places(areas) {
    if (this.area.options.length === areas.length) return
    const before = this.area.value
    fill(this.area, ...areas.map(({ code, name }) => option(code, words.pick(name))))
    this.names = new globalThis.Map(areas.map(({ code, name }) => [code, words.pick(name)]))
    if (this.names.has(before)) this.area.value = before
  }

  /** What is asked as the fields have it; null where one cannot be read. */
  get value() {
    const levels = Object.fromEntries(this.levels.map(({ level, input }) => [level, input.value]))
    const period = within(this.from.value, this.to.value, this.archive)
    const found = asked(this.sign, { levels, delay: this.delay.value, deadband: this.deadband.value })
    return period && found && this.area.value ? { from: stamp(period.from), to: stamp(period.to), sign: this.id, ...found, areas: [this.area.value] } : null
  }

  check() {
    if (!this.sign) return
    this.ask.disabled = this.sending || underway(this.jobs.known.get(this.wanted ?? "")) || this.value === null
  }

  async send() {
    const params = this.value
    if (!params || this.ask.disabled) return
    this.sending = true
    this.check()
    const { id, error } = await this.jobs.ask("sign-whatif", params)
    this.sending = false
    this.wanted = id ?? null
    say(this.said, error ?? "")
    this.draw(this.may)
  }

  /**
   * What has become of the jobs.
   * @param {boolean} may whether the person may ask for such work
   */
  draw(may) {
    if (may && !this.may) this.read()
    this.may = may
    this.refused.hidden = may
    this.form.hidden = this.results.node.hidden = !may
    if (!may) return
    const job = this.jobs.known.get(this.wanted ?? "")
    this.progress.show(job && job.state !== "done" ? job : null)
    if (job?.state === "done" && this.shown !== job.id) this.open(job)
    this.results.show(this.shown)
    this.check()
  }

  /** @param {Sent.Job} job */
  async open(job) {
    this.shown = job.id
    const { status, body } = await get(`job/${encodeURIComponent(job.id)}/result.json`)
    if (this.shown !== job.id) return
    if (status !== 200) return say(this.said, t("job.removed"))
    this.tell(body)
    this.results.show(this.shown)
    this.answer.scrollIntoView({ block: "nearest" })
  }

  /** @param {Answer} found */
  tell(found) {
    const { months, thresholds, delay, deadband } = found
    const all = together(months)
    const [area] = months.map(({ area: code }) => this.names.get(code) ?? code)
    const most = Math.max(1, ...months.flatMap(({ own, other }) => [beyond(own), beyond(other)]))
    const rows = months.map((month) => el("tr", "", header(month.month), ...cells(month, most)))
    const sum = el("tr", "sum", header(t("sign_page.all")), ...cells(all, 0))
    const groups = el("tr", "", el("td"), wide(t("sign_page.own"), 3), wide(t("sign_page.other"), 3), el("td"))
    const columns = ["month", "calls", "hours", "", "calls", "hours", "", "na"].map((name) => (name ? header(t(`sign_page.${name}`), "col") : el("td")))
    const table = el("table", "months", el("caption", "", `${area ?? ""} · ${words.date(found.from)} – ${words.date(found.to - 1)}`), el("thead", "", groups, el("tr", "", ...columns)), el("tbody", "", ...rows, sum))
    const own = { delay: this.sign.delay, deadband: this.sign.deadband }
    const told = el("p", "told", el("b", "", `${called(all.own)} → ${called(all.other)}`), ` ${t("sign_page.times")} · `, el("b", "", `${beyond(all.own)} → ${beyond(all.other)}`), ` ${t("unit.hour")}`)
    fill(this.answer, told, side(t("sign_page.own"), thresholds.own, own, found.unit), side(t("sign_page.other"), thresholds.other, { delay: delay ?? own.delay, deadband }, found.unit), table, el("p", "source", t("sign_page.how")))
    this.answer.hidden = false
  }

  /** @param {Sent.Job} job */
  about({ params }) {
    const levels = Object.entries(params.thresholds ?? {}).map(([level, value]) => `${t(`severity.${level}`)} ${value ?? t("sign_page.without")}`)
    const pace = [params.delay && `${t("sign_page.delay")} ${params.delay}`, params.deadband !== null && params.deadband !== undefined && `${t("sign_page.deadband")} ${params.deadband}`].filter(Boolean)
    const areas = (params.areas ?? []).map((code) => this.names.get(code) ?? code)
    return [areas.join(t("comma")), ...levels, ...pace].join(" · ") || t("sign_page.as_is")
  }
}

/** @param {number} size */
const field = (size) => Object.assign(el("input"), { size, maxLength: 12, autocomplete: "off" })

/**
 * @param {string} name
 * @param {HTMLElement} input
 * @param {string} [unit]
 */
const labelled = (name, input, unit = "") => el("label", "row", el("span", "name", name), input, el("span", "unit", unit))

/**
 * @param {string} text
 * @param {"row" | "col"} [scope]
 */
function header(text, scope = "row") {
  const node = el("th", "", text)
  node.scope = scope
  return node
}

/**
 * A heading over several columns.
 * @param {string} text
 * @param {number} columns
 */
function wide(text, columns) {
  const node = header(text, "col")
  node.colSpan = columns
  node.scope = "colgroup"
  return node
}

/**
 * How often and how long, by its own thresholds and by the others; a bar where there are several to compare.
 * @param {Omit<import("./months.js").Month, "area" | "month">} month
 * @param {number} most hours, 0 for no bars
 */
function cells({ own, other, na }, most) {
  return [...[own, other].flatMap((one) => [el("td", "calls", ...calls(one)), el("td", "", `${words.number(beyond(one), 0)} ${t("unit.hour")}`), el("td", "share", most ? share(beyond(one) / most) : null)]), el("td", "", `${words.number(na, 0)} ${t("unit.hour")}`)]
}

/** @param {import("./months.js").Side} found */
function calls({ calls: found }) {
  const there = LEVELS.filter((level) => found[level])
  return there.length ? there.map((level) => el("span", "part", glyph(level, { size: 14 }), String(found[level]))) : [el("span", "z", "0")]
}

/** @param {number} part */
function share(part) {
  const bar = el("i")
  bar.style.width = `${Math.round(100 * part)}%`
  return bar
}

/**
 * The thresholds of one side, with the pace by which a crossing counts.
 * @param {string} name
 * @param {Record<string, number>} thresholds
 * @param {{ delay: string, deadband: number | null }} pace
 * @param {string} unit
 */
function side(name, thresholds, { delay, deadband }, unit) {
  const found = LEVELS.filter((level) => level in thresholds).map((level) => el("span", "part", glyph(level, { size: 14 }), `${thresholds[level]} ${words.measure(unit)}`))
  const back = deadband === null ? "" : ` · ${t("sign_page.deadband")} ${deadband}`
  return el("p", "levels", el("span", "name", name), ...(found.length ? found : [el("span", "", t("sign_page.no_levels"))]), el("span", "pace", `${t("sign_page.delay")} ${delay}${back}`))
}

