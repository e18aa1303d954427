/* The list of cases as files: CSV, Parquet, xlsx; de-identified, with its level, by the job worker; who asked and for what is on record. */

import { button, el, fill, say } from "../common/dom.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { Progress } from "../replay/jobs/jobs.js"
import { NONE, caseQuery } from "./query.js"

const KIND = "cases"

const FILES = ["cases.xlsx", "cases.csv", "cases.parquet", "cover.md"]

/** What may be narrowed, by the name in the service's scope. */
const SCOPE = /** @type {const} */ ({ units: "unit", unit_kinds: "unit_kind", districts: "district", domains: "domain", kinds: "kind", matters: "matter" })

/**
 * What the job worker is asked for the cases that are open.
 * @param {import("./query.js").Query} query
 * @param {import("./query.js").Opened} opened
 * @param {string} purpose
 * @returns {Sent.Params}
 */
export function exportParams(query, opened, purpose) {
  const { measure = "", behind = "rest", reason = "", group = null, since = "", until = "", ...fields } = caseQuery(query, opened)
  const scope = Object.fromEntries(Object.entries(SCOPE).map(([name, field]) => [name, fields[field] ? [fields[field] === NONE ? "" : fields[field]] : null]))
  return { measure, behind, reason, group, since, until, scope, purpose }
}

export class CaseExport {
  count = 0

  /** @param {import("../replay/jobs/jobs.js").Jobs} jobs */
  constructor(jobs) {
    this.jobs = jobs
    this.begin = button("btn", () => this.turn(Boolean(this.form.hidden)), t("oversight.export"))
    this.purpose = Object.assign(el("input", "purpose"), { maxLength: 200, required: true, placeholder: t("oversight.purpose"), oninput: () => this.enable() })
    this.purpose.ariaLabel = t("oversight.purpose")
    this.send = el("button", "btn go", t("oversight.export_do"))
    this.send.type = "submit"
    this.said = el("span", "said")
    this.said.role = "status"
    this.form = el("form", "exporting", this.purpose, this.send)
    this.form.onsubmit = (event) => this.ask(event)
    this.form.hidden = true
    this.progress = new Progress(jobs)
    this.ways = el("span", "ways")
    this.node = el("div", "export", this.begin, this.form, this.said, this.progress.node, this.ways)
    this.progress.node.hidden = true
  }

  /**
   * @param {Sent.OversightBook} book
   * @param {import("./query.js").Opened} opened
   * @param {import("./query.js").Query} query
   */
  show(book, opened, query) {
    if (JSON.stringify(opened) !== JSON.stringify(this.opened)) this.job = ""
    this.opened = opened
    this.query = query
    this.begin.disabled = !book.may_export
    this.begin.title = t(book.may_export ? "oversight.export_note" : "oversight.export_not")
    this.enable()
    this.tell()
  }

  /** @param {boolean} open */
  turn(open) {
    if (this.begin.disabled) return
    this.form.hidden = !open
    this.begin.ariaExpanded = String(open)
    if (open) this.purpose.focus()
    this.enable()
  }

  enable() {
    this.send.disabled = !this.purpose.value.trim() || this.sending === true
  }

  /** @param {SubmitEvent} event */
  async ask(event) {
    event.preventDefault()
    if (this.send.disabled || !this.opened || !this.query) return
    this.sending = true
    this.enable()
    const { id, error } = await this.jobs.ask(KIND, exportParams(this.query, this.opened, this.purpose.value.trim()))
    this.sending = false
    say(this.said, error ?? "")
    if (id) {
      this.job = id
      this.turn(false)
    }
    this.tell()
  }

  /** How far the export is, and its files. */
  tell() {
    const job = this.job ? this.jobs.known.get(this.job) : null
    const done = job?.state === "done"
    this.progress.show(done ? null : job)
    const files = done && job ? FILES.filter((name) => job.files.some((each) => each.name === name)) : []
    fill(this.ways, ...files.map((name) => {
      const node = el("a", "btn", name)
      node.href = `/screen/job/${encodeURIComponent(job?.id ?? "")}/${name}`
      node.download = name
      return node
    }))
    this.ways.lang = words.language
  }
}
