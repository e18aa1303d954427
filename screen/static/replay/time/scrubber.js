/* The time line: when alarms were raised, the red ones in red; the moment that is shown on it; and the buttons that move it. */

import { button, el, fill, say, svg } from "../../common/dom.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"
import { LEFT, RIGHT, hours, momentAt, placeOf } from "./axis.js"
import { SPEEDS } from "./player.js"
import { after, bars } from "../reading.js"

const [MINUTE, HOUR] = [60_000, 3_600_000]
const [TOP, TALL, UNDER, HEIGHT] = [18, 54, 12, 104]

/** Raises in ten minutes from which it is a flood (ISA-18.2). */
const FLOOD = 10

/** @typedef {import("./film.js").Film} Film */

export class Scrubber {
  /** @type {Film | null} */
  film
  /** @type {Sent.Raise[]} */
  raised = []
  /** @type {number} */
  wide

  /** @param {import("./player.js").Player} player */
  constructor(player) {
    this.player = player
    this.chart = el("div", "chart")
    this.chart.role = "slider"
    this.chart.tabIndex = 0
    this.chart.ariaLabel = t("replay.moment")
    this.head = svg("g", { class: "head" }, svg("path", { d: `M0 ${TOP - 12}V${TOP + TALL + UNDER + 4}`, stroke: "var(--ink-1)", "stroke-width": 2 }), svg("path", { d: `M-7 ${TOP - 14}H7L0 ${TOP - 5}Z`, fill: "var(--ink-1)" }))
    this.chart.onpointerdown = (event) => this.press(event)
    this.chart.onpointermove = (event) => this.chart.hasPointerCapture(event.pointerId) && this.point(event)
    this.note = el("span", "note")
    this.play = button("play", () => player.toggle())
    /** @type {(key: string, text: string, move: () => void) => HTMLButtonElement} */
    const step = (key, text, move) => Object.assign(button("step", move, text), { ariaLabel: t(`replay.${key}`), title: t(`replay.${key}`) })
    const steps = [step("back_alarm", "|◀", () => this.alarm(-1)), step("back", "◂", () => this.step(-MINUTE)), this.play, step("on", "▸", () => this.step(MINUTE)), step("on_alarm", "▶|", () => this.alarm(1))]
    this.speeds = SPEEDS.map((speed) => button("speed", () => player.pace(speed), `×${speed}`))
    const speeds = el("div", "speeds", ...this.speeds)
    speeds.role = "group"
    speeds.ariaLabel = t("replay.speed")
    const keys = [[t("replay.space"), "play"], ["← →", "step"], ["N P", "alarm"], ["[ ]", "speed"]].map(([key, name]) => el("span", "", el("kbd", "", key), ` ${t(`replay.key_${name}`)}`))
    this.node = el("section", "scrubber", this.chart, el("div", "controls", el("div", "steps", ...steps), speeds, this.note, el("div", "keys", ...keys)))
    this.node.ariaLabel = t("replay.line")
    this.seen = new ResizeObserver(() => this.draw())
    this.seen.observe(this.chart)
  }

  /**
   * Another replay, or another choice of its raises.
   * @param {Film | null} film
   * @param {Sent.Raise[]} raised
   */
  load(film, raised) {
    Object.assign(this, { film, raised })
    this.draw()
  }

  show() {
    const { at, playing, speed, film } = this.player
    this.node.classList.toggle("empty", !film)
    for (const each of this.node.querySelectorAll("button")) each.disabled = !film
    say(this.play, playing ? "❚❚" : "▶")
    this.play.ariaLabel = this.play.title = t(playing ? "replay.pause" : "replay.play")
    this.speeds.forEach((each, n) => { each.ariaPressed = String(SPEEDS[n] === speed) })
    if (!film || at === null) return
    this.head.setAttribute("transform", `translate(${this.x(at)} 0)`)
    this.chart.ariaValueNow = String(Math.floor(at - film.from)) // while it is played the moment lies between two milliseconds
    this.chart.ariaValueText = `${words.date(at)} ${words.clock(at)}`
  }

  /** @param {number} at */
  x(at) {
    return this.film ? placeOf(this.film.index, this.wide, at) : 0
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (event.button !== 0 || !this.film) return
    this.chart.setPointerCapture(event.pointerId)
    this.player.toggle(false)
    this.point(event)
  }

  /** @param {PointerEvent} event */
  point(event) {
    if (this.film) this.player.seek(momentAt(this.film.index, this.wide, event.clientX - this.chart.getBoundingClientRect().left))
  }

  /** @param {number} by */
  step(by) {
    this.player.toggle(false)
    this.player.seek((this.player.at ?? 0) + by)
  }

  /**
   * Go to the next raise, or to the one before.
   * @param {number} by
   */
  alarm(by) {
    const { at } = this.player
    if (!this.film || at === null) return
    this.player.toggle(false)
    const n = by > 0 ? after(this.raised, at) : after(this.raised, at - 1) - 1
    if (this.raised[n]) this.player.seek(this.raised[n][0])
  }

  draw() {
    this.wide = this.chart.clientWidth
    if (!this.film || !this.wide) return fill(this.chart)
    const { from, to, until } = this.film.index
    const { width, up, down, red } = bars(this.raised, from, to)
    const high = Math.max(FLOOD * Math.max(1, width / (10 * MINUTE)), ...up)
    const ground = TOP + TALL
    const step = this.x(from + width) - this.x(from)
    /** @type {(n: number, y: number, tall: number) => string} */
    const bar = (n, y, tall) => `M${this.x(from + n * width).toFixed(2)} ${y.toFixed(2)}h${Math.max(1, step - 1).toFixed(2)}v${tall.toFixed(2)}h-${Math.max(1, step - 1).toFixed(2)}z`
    /** @param {number[]} counts */
    const rise = (counts) => counts.map((count, n) => (count ? bar(n, ground - (count * TALL) / high, (count * TALL) / high) : "")).join("")
    const fall = down.map((count, n) => (count ? bar(n, ground + 2, Math.min(UNDER, 4 * count)) : "")).join("")
    const flood = ground - (FLOOD * TALL) / high
    const parts = [
      svg("path", { d: rise(up), fill: "var(--data)" }),
      svg("path", { d: fall, fill: "var(--axis)" }),
      svg("path", { d: rise(red), fill: "var(--red)", class: "reds" }),
      svg("path", { d: `M${LEFT} ${ground + 1}H${this.wide - RIGHT}`, stroke: "var(--axis)", "stroke-width": 1.5 }),
      ...(width === 10 * MINUTE ? [svg("path", { d: `M${LEFT} ${flood}H${this.wide - RIGHT}`, stroke: "var(--ink-3)", "stroke-dasharray": "2 4" }), label(LEFT - 8, flood + 5, String(FLOOD), "end")] : []),
      label(LEFT - 8, ground + 5, "0", "end"),
      ...hours(this.film.index, this.wide).flatMap(({ at, text }) => [svg("path", { d: `M${this.x(at)} ${TOP + TALL + 1}v5`, stroke: "var(--axis)" }), label(this.x(at), HEIGHT - 4, text, "middle")]),
      ...(until < to ? this.nothing(until, to) : []),
      this.head,
    ]
    const drawing = svg("svg", { width: this.wide, height: HEIGHT }, ...parts)
    drawing.ariaHidden = "true"
    fill(this.chart, drawing)
    this.chart.ariaValueMin = "0"
    this.chart.ariaValueMax = String(until - from)
    const span = width >= HOUR ? `${width / HOUR} ${t("unit.hour")}` : `${width / MINUTE} ${t("unit.minute")}`
    say(this.note, `${t("replay.rate")} ${span} · ${t("replay.raises")} ${this.raised.length}`)
    this.show()
  }

  /**
   * What lies behind the end of the archive.
   * @param {number} until
   * @param {number} to
   */
  nothing(until, to) {
    const [x, wide] = [this.x(until), this.x(to) - this.x(until)]
    const ground = svg("rect", { x, y: TOP - 12, width: wide, height: TALL + UNDER + 12, fill: "var(--bg-1)" })
    return [ground, svg("path", { d: `M${x} ${TOP - 12}v${TALL + UNDER + 12}`, stroke: "var(--axis)", "stroke-dasharray": "2 4" }), ...(wide > 120 ? [label(x + 8, TOP + 4, t("replay.archive_ends"), "start")] : [])]
  }

  close() {
    this.seen.disconnect()
  }
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} text
 * @param {string} anchor
 */
function label(x, y, text, anchor) {
  const node = svg("text", { x, y, "text-anchor": anchor })
  node.textContent = text
  return node
}
