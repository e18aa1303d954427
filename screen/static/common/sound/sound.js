/* What the wall sounds, once a person has allowed it: red two tones until acknowledged or silenced, orange one, the system one when it is stale. */

import { button, el, say } from "../dom.js"
import { t } from "../words.js"
import { heard, rung } from "./calls.js"

const ALLOWED = "onescreen-sound"
const SILENCED = "onescreen-silenced"

/** Milliseconds from one call of the red alerts to the next. */
const AGAIN = 3_000

/**
 * The tones (Hz) and their length (s): high and falling for red, one in the middle for orange and for a group of a flood, two alike for orders that are due
 * or late, low for the system.
 */
const TONES = { red: [960, 770], orange: [770], group: [770], order: [620, 620], system: [440] }
const LONG = 0.22
const LOUD = 0.3

export class Sound {
  /** @type {Set<string> | null} */
  known = null
  /** @type {Set<string> | null} */
  rings = null
  /** @type {Set<string>} */
  groups = new Set()
  /** @type {string[]} */
  reds = []
  /** @type {AudioContext | undefined} */
  context
  /** @type {Record<string, number>} */
  counts = {}
  /** @type {boolean | undefined} */
  stale
  /** @type {number | undefined} */
  called
  /** @type {number | undefined} */
  until

  /**
   * `kiosk`: nobody can press a button; it sounds unless a person has forbidden it. `told`: the element that counts what has sounded.
   * @param {boolean} kiosk
   * @param {HTMLElement} told
   */
  constructor(kiosk, told) {
    this.told = told
    /** @type {Set<string>} */
    this.silenced = new Set(JSON.parse(sessionStorage.getItem(SILENCED) ?? "[]"))
    this.allowed = (localStorage.getItem(ALLOWED) ?? (kiosk ? "on" : "off")) === "on"
    this.quiet = button("quiet", () => this.silence(), t("sound.silence"))
    this.quiet.hidden = true
    this.button = button("sound", () => this.press())
    this.node = el("span", "sounds", this.quiet, this.button)
    this.wake = () => this.allowed && this.context?.resume()
    addEventListener("pointerdown", this.wake)
    addEventListener("keydown", this.wake)
    if (this.allowed) this.open()
  }

  close() {
    removeEventListener("pointerdown", this.wake)
    removeEventListener("keydown", this.wake)
    this.context?.close()
  }

  open() {
    this.context ??= new AudioContext()
    this.context.resume()
  }

  /** off: nobody has allowed it; on; refused: it is allowed here, and the browser does not let it sound without a press. */
  get state() {
    if (!this.allowed) return "off"
    return this.context?.state === "running" ? "on" : "refused"
  }

  press() {
    this.allowed = this.state !== "on"
    localStorage.setItem(ALLOWED, this.allowed ? "on" : "off")
    if (this.allowed) this.open()
    else this.context?.suspend()
  }

  /** Silence is no acknowledgement: what is red now sounds no more, what becomes red later does. */
  silence() {
    for (const key of this.reds) this.silenced.add(key)
    this.keep()
  }

  keep() {
    sessionStorage.setItem(SILENCED, JSON.stringify([...this.silenced]))
  }

  /**
   * Called at each tick of the wall.
   * @param {Pick<Sent.Sections, "calling" | "floods" | "ringing">} sections
   * @param {boolean} stale
   */
  hear({ calling, floods, ringing }, stale) {
    const { state } = this
    say(this.button, t(state === "off" ? "sound.enable" : `sound.${state}`))
    this.button.dataset.state = state
    if (stale && !this.stale) this.play("system")
    this.stale = stale
    if (!stale) this.ring(ringing ?? [])
    this.quiet.hidden = stale || state === "off" || !this.heed(calling, floods.length > 0)
  }

  /**
   * Sound what is new; whether something red goes on sounding.
   * @param {Sent.Call[]} calling
   * @param {boolean} flood
   */
  heed(calling, flood) {
    const { sounds, loud, ...news } = heard(this, calling, flood)
    const forgotten = news.silenced.size < this.silenced.size
    Object.assign(this, news)
    if (forgotten) this.keep()
    for (const kind of sounds) {
      if (kind === "red") this.call()
      else this.play(kind)
    }
    return loud
  }

  /**
   * Orders ring once: what rings together, as at the opening of the offices, is one sound.
   * @param {Sent.Ring[]} ringing
   */
  ring(ringing) {
    const { known, fresh } = rung(this.rings, ringing)
    this.rings = known
    if (fresh) this.play("order")
  }

  call() {
    if (performance.now() - (this.called ?? -Infinity) < AGAIN) return
    this.called = performance.now()
    this.play("red")
  }

  /**
   * Sound a kind's tones one after the other, after what sounds now; it is counted when the last one has ended.
   * @param {keyof typeof TONES} kind
   */
  play(kind) {
    const { context } = this
    if (!context || this.state !== "on") return
    const begin = Math.max(context.currentTime, this.until ?? 0)
    const tones = TONES[kind].map((tone, n) => this.tone(context, tone, begin + n * LONG))
    this.until = begin + (TONES[kind].length + 0.5) * LONG
    tones.at(-1)?.addEventListener("ended", () => {
      this.counts[kind] = (this.counts[kind] ?? 0) + 1
      this.told.dataset.sounded = Object.entries(this.counts).map(([name, count]) => `${name}:${count}`).join(" ")
    })
  }

  /**
   * @param {AudioContext} context
   * @param {number} frequency
   * @param {number} begin
   */
  tone(context, frequency, begin) {
    const source = new OscillatorNode(context, { frequency })
    const volume = new GainNode(context, { gain: 0 })
    volume.gain.setTargetAtTime(LOUD, begin, 0.01)
    volume.gain.setTargetAtTime(0, begin + LONG - 0.05, 0.01)
    source.connect(volume).connect(context.destination)
    source.start(begin)
    source.stop(begin + LONG)
    source.addEventListener("ended", () => volume.disconnect())
    return source
  }
}
