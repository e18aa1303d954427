/* The frame of a replay: a border around everything and a band that says which moment is shown, in the colours in which the system
   speaks. Nothing stands above it, on screen and on paper; beside it, small, the time that it really is. */

import { el, say } from "../common/dom.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

export class Frame {
  constructor() {
    this.date = el("span", "date")
    this.time = el("b", "time")
    this.pace = el("span", "pace")
    this.real = el("b")
    const now = el("span", "now", el("span", "", t("replay.not_live")), el("span", "", `${t("replay.now")} `, this.real))
    this.band = el("div", "band", el("strong", "", t("mark.frame")), this.date, this.time, this.pace, now)
    this.band.role = "region"
    this.band.ariaLabel = t("mark.frame")
    this.border = el("div", "border")
    this.border.ariaHidden = "true"
  }

  /**
   * `at`: the moment that is shown, null where none is; `waiting`: its data are still on their way. `real`: the real time.
   * @param {{ at: number | null, playing: boolean, speed: number }} player
   * @param {boolean} waiting
   * @param {number | null} real
   */
  show({ at, playing, speed }, waiting, real) {
    say(this.date, at === null ? t("replay.nothing") : `${words.date(at)} ${words.weekday(at)}`)
    say(this.time, at === null ? "" : words.clock(at))
    say(this.pace, at === null ? "" : `${t(waiting ? "replay.waiting" : playing ? "replay.playing" : "replay.paused")} ×${speed}`)
    if (real !== null) say(this.real, words.moment(real))
  }
}
