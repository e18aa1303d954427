/* The replay's own clock: where it stands, whether it runs, how fast. It never runs over what has not been read yet. */

export const SPEEDS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600]
const USUAL = 60

/** Milliseconds of real time that one frame counts at most: a page that slept does not jump. */
const FRAME = 250

export class Player {
  /** `changed()` is called in the frame in which the moment, the speed or the running changes, at most once a frame. */
  constructor(changed) {
    this.changed = changed
    this.film = null
    this.at = null
    this.speed = USUAL
    this.playing = false
  }

  /** Show a replay from a moment, at rest. */
  load(film, at) {
    this.film = film
    this.playing = false
    this.seek(at ?? film.from)
  }

  unload() {
    Object.assign(this, { film: null, at: null, playing: false })
    this.ask()
  }

  /** Go to a moment, as far as the replay reaches. */
  seek(at) {
    if (!this.film) return
    this.at = Math.min(Math.max(Math.round(at), this.film.from), this.film.until)
    this.ask()
  }

  toggle(playing = !this.playing) {
    if (!this.film) return
    if (playing && this.at >= this.film.until) this.at = this.film.from
    this.playing = playing
    this.last = null
    this.ask()
  }

  /** The next speed that there is, up or down. */
  faster(steps) {
    const n = SPEEDS.indexOf(this.speed) + steps
    this.pace(SPEEDS[Math.min(Math.max(n, 0), SPEEDS.length - 1)])
  }

  pace(speed) {
    if (SPEEDS.includes(speed)) this.speed = speed
    this.ask()
  }

  ask() {
    this.frame ??= requestAnimationFrame((now) => this.step(now))
  }

  step(now) {
    this.frame = null
    if (this.playing) this.run(now)
    this.changed()
    if (this.playing) this.ask()
  }

  run(now) {
    const passed = this.last === null ? 0 : Math.min(now - this.last, FRAME)
    this.last = now
    const next = Math.min(this.at + passed * this.speed, this.film.until)
    if (this.film.at(next) === null) return
    this.at = next
    this.playing = next < this.film.until
  }

  close() {
    cancelAnimationFrame(this.frame)
    this.playing = false
  }
}
