/* The alerts and orders of a time as files: CSV, Parquet, and CAP 1.2 messages of alerts; written by the job worker, by the filter of the list. */

import { button, el, head, say } from "../../common/dom.js"
import { SEVERITIES } from "../../common/marks.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"
import { stamp } from "../time/period.js"
import { links } from "./files.js"
import { Reports } from "./reports.js"
import { Results } from "./results.js"

const TABLES = ["alerts", "orders", "order-lines", "order-clocks", "order-entries", "signs"]
const FILES = [...TABLES.flatMap((name) => [`${name}.csv`, `${name}.parquet`]), "alerts-cap.zip", "cover.md"]

export class Exports {
  /** @type {Map<string, Sent.Land["properties"]> | undefined} */
  names
  /** @type {boolean} */
  sending

  /**
   * `period()` gives the chosen time or null; `filter`: the list's.
   * @param {import("./jobs.js").Jobs} jobs
   * @param {() => { from: number, to: number } | null} period
   * @param {import("../list.js").Filter} filter
   */
  constructor(jobs, period, filter) {
    this.jobs = jobs
    this.period = period
    this.filter = filter
    this.time = el("b")
    this.what = el("p", "place")
    this.send = button("do", () => this.ask("tables"), t("export.ask"))
    this.sendCap = button("do", () => this.ask("cap"), t("export.ask_cap"))
    this.said = el("p", "said")
    this.said.role = "alert"
    const form = el("section", "form", head(t("export.title")).node, el("p", "", this.time), this.what, this.send, this.sendCap, this.said, el("p", "note", t("export.note")))
    this.results = new Results(jobs, "export", t("export.earlier"), (job) => narrowed(job.params), (job) => links(job, FILES))
    this.reports = new Reports(jobs, period)
    this.node = el("div", "exports", form, this.results.node, this.reports.form, this.reports.results.node)
  }

  get wanted() {
    const { severities, domain, district } = this.filter.value
    return { domains: domain ? [domain] : [], severities: SEVERITIES.filter((each) => severities.has(each)), districts: district ? [district] : [] }
  }

  /** @param {Map<string, Sent.Land["properties"]> | undefined} names */
  show(names) {
    this.names = names
    const period = this.period()
    say(this.time, period ? `${words.date(period.from)} ${words.minute(period.from)} – ${words.moment(period.to)}` : t("whatif.no_period"))
    say(this.what, narrowed(this.wanted, names))
    this.send.disabled = this.sendCap.disabled = !period || this.sending
    this.results.about = (job) => narrowed(job.params, names)
    this.results.show()
    this.reports.show()
  }

  /** @param {"tables" | "cap"} form */
  async ask(form) {
    const period = this.period()
    if (!period) return
    const { from, to } = period
    this.sending = true
    const { error } = await this.jobs.ask("export", { from: stamp(from), to: stamp(to), form, ...this.wanted })
    this.sending = false
    say(this.said, error ?? "")
    this.show(this.names)
  }
}

/**
 * A filter in words.
 * @param {Sent.Params} params
 * @param {Map<string, Sent.Land["properties"]>} [names]
 */
function narrowed({ domains = [], severities = [], districts = [] }, names = new Map()) {
  const told = [...severities.map((each) => t(`severity.${each}`)), ...domains.map((each) => t(`domain.${each}`)), ...districts.map((each) => names.get(each)?.[words.language] ?? each)]
  return told.length ? told.join(" · ") : t("export.all")
}
