/* The report of the chosen day or of its month (日报, 月报), written by the job worker: PDF, workbook, text, metadata for filing. */

import { button, el, head, say } from "../../common/dom.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"
import { dayAndMonth } from "../time/period.js"
import { links } from "./files.js"
import { Results } from "./results.js"

const FILES = ["report.pdf", "report.xlsx", "report.docx", "filing.json"]

export class Reports {
  sending = false

  /**
   * `period()` gives the chosen time or null.
   * @param {import("./jobs.js").Jobs} jobs
   * @param {() => { from: number, to: number } | null} period
   */
  constructor(jobs, period) {
    this.jobs = jobs
    this.period = period
    this.day = button("do", () => this.ask("day"))
    this.month = button("do", () => this.ask("month"))
    this.said = el("p", "said")
    this.said.role = "alert"
    this.form = el("section", "form", head(t("report.title")).node, this.day, this.month, this.said, el("p", "note", t("report.note")))
    this.results = new Results(jobs, "report", t("report.earlier"), (job) => job.params.unit ?? "", (job) => links(job, FILES))
  }

  show() {
    const { day, month } = dayAndMonth(this.period()?.from ?? null)
    say(this.day, `${t("report.day")} ${day}`.trim())
    say(this.month, `${t("report.month")} ${month}`.trim())
    this.day.disabled = this.month.disabled = !day || this.sending
    this.results.show()
  }

  /** @param {"day" | "month"} span */
  async ask(span) {
    const name = dayAndMonth(this.period()?.from ?? null)[span]
    if (!name) return
    this.sending = true
    const { error } = await this.jobs.ask("report", { [span]: name, lang: words.language })
    this.sending = false
    say(this.said, error ?? "")
    this.show()
  }
}
