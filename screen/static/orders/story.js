/* The story of one order: what it is about, who has it, what lies over its state, its papers with their four numbers, its evidence. */

import { el, fill, head, panel, say } from "../common/dom.js"
import { glyphOf } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { clockName, dueWords, leftWords, limitWords, sure } from "./clock.js"
import { Receivers } from "./receivers.js"
import { isWorking, pressing } from "./worktime.js"

/** @typedef {import("./worktime.js").WorkCalendar} WorkCalendar */

/** Papers that have a number of dispatch (发文字号). */
const DOCUMENTS = ["document", "letter", "report"]

/** @param {string} text */
const clock = (text) => words.moment(Date.parse(text))

export class Story {
  /** @type {string} */
  drawn = ""

  /** @param {(line: string) => void} choose */
  constructor(choose) {
    this.mark = el("div", "mark")
    this.title = el("h2")
    this.place = el("p", "place")
    this.tags = el("div", "tags")
    this.value = el("div", "value")
    this.top = el("header", "top", this.mark, el("div", "what", this.title, this.place, this.tags), this.value)
    this.receivers = new Receivers(choose)
    this.overlays = el("div", "ov")
    this.papers = panel(t("orders.papers"), t("orders.papers_note"), t("orders.papers_made"))
    this.words = panel(t("orders.text"))
    this.proof = panel(t("desk.evidence"), t("orders.evidence_note"))
    this.body = el("div", "whole", this.top, this.receivers.node, this.overlays, this.papers.node, this.words.node, this.proof.node)
    this.empty = el("p", "none", t("orders.choose"))
    this.node = el("section", "story", this.empty, this.body)
    this.node.tabIndex = -1
    this.body.hidden = true
  }

  /**
   * @param {Sent.OrderStory | null} told
   * @param {{ now: number | null, calendar: WorkCalendar, districts: Record<string, Sent.Text>, missing: boolean, papers: boolean }} more
   */
  show(told, { now, calendar, districts, missing, papers }) {
    this.body.hidden = !told
    this.empty.hidden = Boolean(told)
    if (!told) return say(this.empty, t(missing ? "orders.unknown" : "orders.choose"))
    const time = now ?? told.now ?? Date.parse(told.order.changed_at)
    this.figure(told, time, calendar)
    this.receivers.show(told, time, calendar)
    const key = JSON.stringify([told.order.id, told.order.audit, told.line, Object.values(told.alerts).map((alert) => alert?.state), Object.keys(districts).length, papers])
    if (key === this.drawn) return
    this.drawn = key
    this.headline(told, districts)
    fill(this.overlays, returned(told), extended(told), proposed(told))
    this.paperwork(told, papers)
    this.text(told)
    this.evidence(told)
  }

  /**
   * @param {Sent.OrderStory} told
   * @param {Record<string, Sent.Text>} districts
   */
  headline(told, districts) {
    const { order, kind, alerts } = told
    const alert = Object.values(alerts).find(Boolean)
    fill(this.mark, alert ? glyphOf(alert, 30) : el("i", "dash"))
    say(this.title, words.pick(order.title))
    say(this.place, [words.pick(kind?.title) || order.kind, words.pick(districts[order.adcode]), alert ? words.pick(alert.name) : "", order.number, order.matter].filter(Boolean).join(" · "))
    fill(this.tags, ...tags(told).map((text) => el("span", "tag", text)), el("small", "", note(told)))
  }

  /**
   * One big figure: what is left of the clock that presses.
   * @param {Sent.OrderStory} told
   * @param {number} now
   * @param {WorkCalendar} calendar
   */
  figure({ order, lines, kind }, now, calendar) {
    const main = lines.find(({ n }) => n === order.main)
    const found = pressing([...order.clocks, ...(main?.clocks ?? [])])
    if (!found) return fill(this.value, el("div", "", order.closed_at ? `${words.pick(kind?.close)} ${clock(order.closed_at)}` : "—"))
    const said = leftWords(found, now, calendar).split(" ")
    const over = now > Date.parse(found.due)
    const [before, number, ...unit] = over ? said : [t("orders.left"), ...said]
    const mark = over ? "red" : found.warned ? "yellow" : ""
    fill(
      this.value,
      el("div", "big", `${clockName(found, kind?.clocks)} ${before} `, el("b", mark, number), ` ${unit.join(" ")}`),
      el("div", "", `${t("orders.total")} ${limitWords(found.limit)}${gone(found, now, calendar)}`),
      el("div", "", `${t("orders.due")} `, el("b", "", dueWords(found.due)), found.provisional ? ` ${t("orders.provisional")}` : "", el("i", "src", sure(found))),
    )
  }

  /**
   * @param {Sent.OrderStory} told
   * @param {boolean} exports
   */
  paperwork({ order, kind, units, lines }, exports) {
    const main = lines.find(({ n }) => n === order.main)
    const handle = main?.clocks.find(({ name }) => name === "handle") ?? order.clocks[0]
    const own = row(t("orders.number"), el("b", "", order.number), `${words.pick(units[order.issuer]) || order.issuer} · ${words.pick(kind?.title)}`, `${clock(order.opened_at)} ${t("orders.issued")}`, handle ? `${t("orders.due")} ${dueWords(handle.due)}` : "")
    const instruments = order.instruments.flatMap((each) => [
      row(t("orders.instrument_number"), el("b", "", each.number), `${each.organ} · ${t(`order_instrument.${words.key(each.kind)}`)}`, `${clock(each.served_at)} ${t(`order_served.${each.served}`)}`, each.recheck_at ? el("b", "", `${t("orders.recheck")} ${clock(each.recheck_at)}`) : ""),
      row("", `${t("orders.officers")} ${each.officers.length} · ${each.officers.join(" ")} · ${each.limit_at ? `${t("orders.put_right_by")} ${clock(each.limit_at)} · ` : ""}${t(each.remedy ? "orders.remedy_told" : "orders.remedy_not_told")}`, each.end ? t(`order_instrument_end.${words.key(each.end)}`) : "", each.ended_at ? clock(each.ended_at) : "", each.digest ? `${each.digest.slice(0, 4)}…` : ""),
    ])
    const documents = order.papers.filter((each) => DOCUMENTS.includes(each.kind)).map((each) => paper(t("orders.document_number"), each))
    const supervisions = order.papers.filter((each) => each.kind === "supervision").map((each) => paper(t("orders.supervision_number"), each))
    const absent = (/** @type {string} */ name, /** @type {string} */ why) => row(name, el("span", "m", why), "—", "—", "")
    const link = el("a", "chip", t("orders.docx"))
    link.href = `/screen/order/${encodeURIComponent(order.id)}/document`
    link.download = ""
    fill(
      this.papers.body,
      el("div", "tb", own, ...(instruments.length ? instruments : [absent(t("orders.instrument_number"), t("orders.none_recorded"))]), ...(documents.length ? documents : [absent(t("orders.document_number"), t("orders.not_signed"))]), ...(supervisions.length ? supervisions : [absent(t("orders.supervision_number"), t("orders.not_opened"))])),
      exports ? el("p", "paste", link, el("small", "", t("orders.docx_note"))) : null,
    )
  }

  /** @param {Sent.OrderStory} told */
  text({ order }) {
    this.words.node.hidden = !order.text.length
    fill(this.words.body, el("dl", "said", ...order.text.flatMap(({ name, words: said }) => [el("dt", "", t(`order_said.${name}`)), el("dd", "", words.written(said))])))
  }

  /** @param {Sent.OrderStory} told */
  evidence({ order }) {
    say(this.proof.end, `${order.files.length} ${t("orders.count")} · SHA-256`)
    this.proof.node.hidden = !order.files.length
    fill(this.proof.body, el("div", "ev", ...order.files.map((each) => evidence(order.id, each))))
  }
}

/** @param {Sent.OrderStory} told */
function tags({ order, kind, lines }) {
  const waits = lines.filter(({ returns }) => returns && !["granted", "refused", "designated"].includes(returns.decision)).length
  const more = lines.filter(({ extension }) => extension).length
  /** @type {[so: unknown, text: string][]} */
  const all = [
    [true, words.pick(kind?.states[order.state]) || order.state],
    [order.urgent, t("orders.urgent")],
    [waits, `${t("orders.return")} ${waits}`],
    [more, `${t("orders.extension")} ${more}`],
    [order.proposed, t("orders.proposed")],
    [order.voided, t("orders.voided")],
    [order.purged, t("orders.purged")],
    [order.outcome && order.outcome !== order.state, words.pick(kind?.ends[order.outcome]?.title ?? kind?.states[order.outcome]) || order.outcome],
  ]
  return all.flatMap(([so, text]) => (so ? [text] : []))
}

/** @param {Sent.OrderStory} told */
function note({ order, units, parent }) {
  const verdict = order.verdict ? `${t("orders.verdict")} ${t(`order_verdict.${order.verdict}`)}` : ""
  return [verdict, `${t("orders.round")} ${order.round}`, words.pick(units[order.issuer]) || order.issuer, parent ? `${t("orders.parent")} ${parent.number}` : ""].filter(Boolean).join(" · ")
}

/**
 * How many working days of a clock have gone, and how many were not counted; nothing of one that runs otherwise.
 * @param {Sent.Clock} of
 * @param {number} now
 * @param {WorkCalendar} calendar
 */
function gone(of, now, calendar) {
  if (!calendar.workday || !isWorking(of.limit) || !of.limit.includes("day")) return ""
  const days = (/** @type {number} */ ms) => Math.round(ms / calendar.workday)
  const paused = days(of.pauses.reduce((sum, { begin, end }) => sum + calendar.worked(Date.parse(begin), end ? Date.parse(end) : now), 0))
  const run = Math.max(0, days(calendar.worked(Date.parse(of.start), now)) - paused)
  return ` · ${t("orders.gone")} ${run}${paused ? ` · ${t("orders.paused")} ${paused}` : ""}`
}

/**
 * A piece of evidence: a copy without position where one is made, its type, size, when it was made, its digest.
 * @param {string} order
 * @param {Sent.OrderFile} of
 */
function evidence(order, { digest, size, type, made_at: made, of: what }) {
  const shot = el("div", "shot", type.split("/").pop()?.toUpperCase() ?? "")
  Object.assign(shot.dataset, { order, digest })
  const code = el("code", "", words.digest(digest))
  code.title = digest
  return el("div", "", shot, el("div", "l2", el("b", "", what || t("orders.file")), el("i", "", bytes(size))), el("div", "l2", el("span", "", made ? clock(made) : "—")), code)
}

/** @param {number} size */
const bytes = (size) => (size < 1_000_000 ? `${words.number(size / 1000, 0)} KB` : `${words.number(size / 1_000_000, 1)} MB`)

/**
 * @param {string} name
 * @param {Node | string} number
 * @param {string} whose
 * @param {string} when
 * @param {Node | string} end
 */
const row = (name, number, whose, when, end) => el("div", whose || when ? "row" : "row more", el("span", "", name), el("span", "", number), el("span", "", whose), el("span", "", when), el("span", "n", end))

/**
 * @param {string} name
 * @param {Sent.OrderPaper} each
 */
const paper = (name, each) => row(name, el("b", "", each.number), `${each.organ} · ${t(`order_paper.${each.kind}`)}`, clock(each.at), each.signed_by ? `${t("orders.signed_by")} ${each.signed_by}` : each.digest ? `${each.digest.slice(0, 4)}…` : "")

/** @param {Sent.OrderStory} told */
function returned({ lines, units }) {
  const line = lines.findLast(({ returns }) => returns && !returns.decided) ?? lines.findLast(({ returns }) => returns)
  if (!line?.returns) return overlay("return", t("orders.no_return"), [])
  const { asked, clause, unit, due, decision, decided } = line.returns
  const proposal = unit ? [`${t("orders.propose")} `, el("b", "", words.pick(units[unit]) || unit)] : []
  return overlay("return", decision ? t(`order_outcome.${decision}`) : t("orders.waits"), [
    [el("b", "", words.pick(units[line.unit])), ` ${clock(asked.at)}`],
    [`${t("orders.clause")} ${clause}`],
    [`${t("orders.reason")} ${words.written(asked.words)}`],
    proposal,
    decided ? [`${t("orders.decided")} ${words.whom(decided)} ${clock(decided.at)} ${words.written(decided.words)}`] : due ? [`${t("orders.decide_by")} ${clock(due)} ${t("orders.clock_runs")}`] : [],
  ])
}

/** @param {Sent.OrderStory} told */
function extended({ lines, units, kind }) {
  const line = lines.findLast(({ extension }) => extension)
  const rule = kind?.extension[0]
  const none = rule?.clock ? `${t("orders.at_most")} ${rule.times} ${t("orders.times")} · ${limitWords(rule.most)} · ${words.pick(rule.source)}` : t("orders.no_rule")
  if (!line?.extension) return overlay("extension", t("orders.no_extension"), [[none]])
  const { asked, limit, decision, decided } = line.extension
  return overlay("extension", decision ? t(`order_outcome.${decision}`) : t("orders.waits"), [
    [el("b", "", words.pick(units[line.unit])), ` ${clock(asked.at)}`],
    [`${t("orders.reason")} ${words.written(asked.words)}`],
    [`+ ${limitWords(limit)}`],
    decided ? [`${t("orders.decided")} ${words.whom(decided)} ${clock(decided.at)}`] : [],
    [el("span", "m", none)],
  ])
}

/** @param {Sent.OrderStory} told */
function proposed({ order }) {
  if (!order.proposed) return overlay("supervision", t("orders.not_proposed"), [[el("span", "m", t("orders.only_reminders"))]])
  return overlay("supervision", t("orders.not_opened"), [[el("b", "", t("desk.system")), ` ${clock(order.proposed)} ${t("orders.proposes")}`], [t("orders.who_may_open")], [el("span", "m", t("orders.only_reminders"))]])
}

/**
 * @param {string} name
 * @param {string} state
 * @param {(Node | string)[][]} parts
 */
function overlay(name, state, parts) {
  const top = head(t(`orders.overlay_${name}`), "", state)
  const node = el("div", "overlay", top.node, ...parts.filter((part) => part.length).map((part) => el("p", "", ...part)))
  node.dataset.overlay = name
  return node
}
