/* The replay's own clock: where it stands, whether it runs, how fast. It never runs over what has not been read yet. */

export const SPEEDS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600]
const USUAL = 60

/** Milliseconds of real time that one frame counts at most: a page that slept does not jump. */
const FRAME = 250

export class Player {
  /** @type {import("./film.js").Film | null} */
  film = null
  /** @type {number | null} */
  at = null
  /** @type {number | null} */
  last = null
  /** @type {number | null} */
  frame = null

  /**
   * `changed()` is called in the frame in which the moment, the speed or the running changes, at most once a frame.
   * @param {() => void} changed
   */
  constructor(changed) {
    this.changed = changed
    this.speed = USUAL
    this.playing = false
  }

  /**
   * Show a replay from a moment, at rest.
   * @param {import("./film.js").Film} film
   * @param {number | null} [at]
   */
  load(film, at) {
    this.film = film
    this.playing = false
    this.seek(at ?? film.from)
  }

  unload() {
    Object.assign(this, { film: null, at: null, playing: false })
    this.ask()
  }

  /**
   * Go to a moment, as far as the replay reaches.
   * @param {number} at
   */
  seek(at) {
    if (!this.film) return
    this.at = Math.min(Math.max(Math.round(at), this.film.from), this.film.until)
    this.ask()
  }

  /** @param {boolean} [playing] */
  toggle(playing = !this.playing) {
    if (!this.film) return
    if (playing && (this.at ?? 0) >= this.film.until) this.at = this.film.from
    this.playing = playing
    this.last = null
    this.ask()
  }

  /**
   * The next speed that there is, up or down.
   * @param {number} steps
   */
  faster(steps) {
    const n = SPEEDS.indexOf(this.speed) + steps
    this.pace(SPEEDS[Math.min(Math.max(n, 0), SPEEDS.length - 1)])
  }

  /** @param {number} speed */
  pace(speed) {
    if (SPEEDS.includes(speed)) this.speed = speed
    this.ask()
  }

  ask() {
    this.frame ??= requestAnimationFrame((now) => this.step(now))
  }

  /** @param {number} now */
  step(now) {
    this.frame = null
    if (this.playing) this.run(now)
    this.changed()
    if (this.playing) this.ask()
  }

  /** @param {number} now */
  run(now) {
    const { film, at, last } = this
    if (!film || at === null) return
    const passed = last === null ? 0 : Math.min(now - last, FRAME)
    this.last = now
    const next = Math.min(at + passed * this.speed, film.until)
    if (film.at(next) === null) return
    this.at = next
    this.playing = next < film.until
  }

  close() {
    if (this.frame !== null) cancelAnimationFrame(this.frame)
    this.playing = false
  }
}
