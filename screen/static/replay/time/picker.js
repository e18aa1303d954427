/* Which time is to be replayed: a day of the archive and hours of it. */

import { get } from "../../common/server/get.js"
import { button, el, fill, option, say } from "../../common/dom.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"

/** What is missing of a day is said where less of it is archived (ms): its last tick is a little before midnight. */
const MOST_OF = 86_400_000 - 3_600_000

export class Picker {
  /** @type {{ day: string, from: number, to: number }[] | undefined} */
  days
  /** @type {{ day: string } | undefined} */
  wanted

  /**
   * `open(day, from, to)` is called when a person has chosen.
   * @param {(day: string, from: string, to: string) => void} open
   */
  constructor(open) {
    this.open = open
    this.day = el("select", "day")
    this.day.ariaLabel = t("replay.day")
    this.day.onchange = () => this.told()
    this.from = hour("from", "00:00")
    this.to = hour("to", "24:00")
    const earlier = Object.assign(button("plain", () => this.move(-1), "←"), { ariaLabel: t("replay.day_before") })
    const later = Object.assign(button("plain", () => this.move(1), "→"), { ariaLabel: t("replay.day_after") })
    this.go = button("do", () => this.choose(), t("replay.open"))
    this.note = el("span", "note")
    this.node = el("form", "picker", earlier, this.day, later, this.from, el("span", "", "–"), this.to, this.go, this.note)
    this.node.onsubmit = (event) => { event.preventDefault(); this.choose() }
    this.from.oninput = this.to.oninput = () => this.told()
  }

  /** The days that the archive has; asked for again when a person may have waited for the next one. */
  async read() {
    const { status, body } = await get("days")
    /** @type {{ days: { day: string, from: number, to: number }[] }} */
    const found = status === 200 ? body : { days: [] }
    this.days = found.days
    const chosen = this.wanted?.day ?? this.day.value
    fill(this.day, ...[...found.days].reverse().map(({ day, from }) => option(day, `${day} ${words.weekday(from)}`)))
    if (found.days.some(({ day }) => day === chosen)) this.day.value = chosen
    this.told()
  }

  /**
   * Show what is replayed.
   * @param {string} day
   * @param {string} from
   * @param {string} to
   */
  show(day, from, to) {
    this.wanted = { day }
    this.day.value = day
    this.from.value = from
    this.to.value = to
    this.told()
  }

  get value() {
    const known = this.days?.find(({ day }) => day === this.day.value)
    const [from, to] = [this.from.value, this.to.value]
    const fine = [this.from, this.to].every((field) => field.checkValidity()) && from < to
    return known && fine ? { day: known.day, from, to } : null
  }

  /** @param {number} by */
  move(by) {
    const days = this.days ?? []
    const other = days[days.findIndex(({ day }) => day === this.day.value) + by]
    if (!other) return
    this.day.value = other.day
    this.told()
  }

  told() {
    const known = this.days?.find(({ day }) => day === this.day.value)
    this.go.disabled = this.value === null
    const part = known && known.to - known.from < MOST_OF
    say(this.note, this.days && !this.days.length ? t("replay.no_days") : part ? `${t("replay.archived")} ${words.minute(known.from)}–${words.minute(known.to)}` : "")
  }

  choose() {
    if (this.value) this.open(this.value.day, this.value.from, this.value.to)
  }
}

/**
 * A time of the day to write: 00:00 to 24:00.
 * @param {string} name
 * @param {string} value
 */
export function hour(name, value) {
  const field = Object.assign(el("input", "hour"), { value, maxLength: 5, pattern: "([01]\\d|2[0-3]):[0-5]\\d|24:00", required: true })
  field.ariaLabel = t(`replay.${name}`)
  return field
}
