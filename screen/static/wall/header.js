/* The top of the wall: what it is, whether it can be believed, what time it is; and the white band when it cannot. */

import { link } from "../common/bar.js"
import { el, say } from "../common/dom.js"
import { Leave } from "../common/server/leave.js"
import { LIMIT } from "../common/server/freshness.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

const SLOTS = ["age", "broker", "worker", "clock", "sources"]

export class Header {
  constructor() {
    this.mode = el("span", "mode")
    const other = el("button", "language", t("switch"))
    other.onclick = words.otherLanguage
    this.leave = new Leave()
    this.slots = Object.fromEntries(SLOTS.map((name) => [name, { value: el("span"), small: el("small"), box: el("div") }]))
    const health = el("div", "health")
    for (const name of SLOTS) {
      const { box, value, small } = this.slots[name]
      box.append(el("i", "", t(`health.${name}`)), el("b", "", value, " ", small))
      health.append(box)
    }
    this.date = el("i")
    this.clock = el("b")
    this.node = el("header", "", el("h1", "", t("city"), el("b", "", t("product")), this.mode, el("span", "ways", other, link("desk"))), health, this.leave.node, el("div", "clock", this.date, this.clock))
    this.stopped = el("b")
    this.why = el("span")
    this.lost = el("b", "counter")
    this.label = el("span", "lost", t("stale.lost"))
    const reason = el("div", "reason", this.stopped, this.why)
    this.band = el("div", "band", el("b", "shout", t("stale.title")), reason, this.label, this.lost)
  }

  /**
   * @param {import("../common/server/link.js").Link} feed
   * @param {import("../common/server/freshness.js").Freshness} fresh
   */
  show(feed, fresh) {
    const { time, health, figures } = feed.sections
    const { mark, person } = feed.about
    say(this.mode, t(fresh.stale ? "mark.stale" : `mark.${mark ?? "replay"}`))
    this.mode.classList.toggle("strong", Boolean(mark) && mark !== "live")
    this.leave.show(person, true)
    this.slot("age", fresh.age === null ? "—" : seconds(fresh.age), `${t("health.limit")} ${LIMIT / 1000}`, fresh.stale)
    this.broker(feed.connected, health)
    this.worker(fresh, time, figures)
    this.slotClock(fresh)
    this.sources(figures, fresh.stale)
    if (time?.now) this.time(time.now)
    if (fresh.stale) this.cry(fresh, time)
  }

  /**
   * @param {Sent.Figures | undefined} figures
   * @param {boolean} stale
   */
  sources(figures, stale) {
    if (stale) return this.slot("sources", t("health.unknown"), "", true)
    const sources = (figures?.headline ?? []).filter(({ fold }) => fold === "online")
    const online = sources.reduce((sum, figure) => sum + figure.online, 0)
    const all = sources.reduce((sum, figure) => sum + figure.all, 0)
    this.slot("sources", online, `/ ${all} ${t("health.online")}`, false)
  }

  /**
   * Where the server could not show all that it has read, the wall is not whole, and says so here.
   * @param {boolean} connected
   * @param {Sent.Health | undefined} health
   */
  broker(connected, health) {
    const well = connected && health?.broker
    const state = !well ? (connected ? "away" : "unknown") : health.trouble ? "partly" : "ok"
    const left = well && health.left_out ? `${t("health.left")} ${words.number(health.left_out)}` : ""
    const small = left || (well && !health.signed ? t("health.unsigned") : "")
    this.slot("broker", t(`health.${state}`), small, state !== "ok" || left !== "")
  }

  /**
   * @param {import("../common/server/freshness.js").Freshness} fresh
   * @param {Sent.Time | undefined} time
   * @param {Sent.Figures | undefined} figures
   */
  worker(fresh, time, figures) {
    const alive = fresh.beats.filter((age) => age <= LIMIT).length
    const all = fresh.beats.length
    const well = all > 0 && alive === all
    const state = well ? "ok" : alive ? "away" : "unknown"
    const lag = well && time ? ` ${t("health.lag")} ${words.number(time.lag)}` : ""
    const unjudged = time?.unjudged ? ` ${t("health.unjudged")} ${words.number(time.unjudged)}` : ""
    const refused = figures?.unverified ?? 0
    const unverified = refused ? ` ${t("health.unverified")} ${words.number(refused)}` : ""
    this.slot("worker", t(`health.${state}`), `${alive}/${all}${unjudged || unverified ? "" : lag}${unjudged}${unverified}`, !well || refused > 0)
  }

  /**
   * Ticks are heard of by the worker's pulses: without those nobody knows.
   * @param {import("../common/server/freshness.js").Freshness} fresh
   */
  slotClock({ clock, moving, beats, stopped }) {
    if (clock === null || clock === undefined) return this.slot("clock", "—", "", true)
    if (moving && Math.max(...beats) > LIMIT) return this.slot("clock", t("health.unknown"), "", true)
    const state = stopped ? "stopped" : !moving && clock > LIMIT ? "ended" : "running"
    return this.slot("clock", t(`health.${state}`), stopped ? seconds(clock) : "", stopped)
  }

  /**
   * @param {string} name
   * @param {string | number} value
   * @param {string} small
   * @param {boolean} bad
   */
  slot(name, value, small, bad) {
    const slot = this.slots[name]
    say(slot.value, value)
    say(slot.small, small)
    slot.box.classList.toggle("bad", bad)
  }

  /** @param {number} now */
  time(now) {
    say(this.date, `${words.date(now)} ${words.weekday(now)}`)
    say(this.clock, words.clock(now))
  }

  /**
   * @param {import("../common/server/freshness.js").Freshness} fresh
   * @param {Sent.Time | undefined} time
   */
  cry(fresh, time) {
    const why = t(`stale.${fresh.cause}`)
    say(this.stopped, time?.now ? `${t("stale.stopped")} ${words.clock(time.now)} · ${t("stale.old")}` : why)
    say(this.why, time?.now ? `${why} · ${t("stale.order")}` : t("stale.order"))
    this.label.hidden = fresh.age === null
    say(this.lost, fresh.age === null ? "" : words.counter(fresh.age))
  }
}

/** @param {number} ms */
const seconds = (ms) => `${ms < 60_000 ? (ms / 1000).toFixed(1) : words.number(Math.round(ms / 1000), 0)} ${t("unit.second")}`
