/* The live feed: one websocket, opened again whenever it ends, and the server's time as well as this page can know it. */

import { signedIn } from "./session.js"

const AGAIN = 1000

export class Link {
  /**
   * `changed(names)` is called with the names of the sections that are new; `want`: the sections to have, all where it is empty;
   * `own`: whose signs, where not the whole city's.
   * @param {(names: string[]) => void} changed
   * @param {string[]} [want]
   * @param {Record<string, string>} [own]
   */
  constructor(changed, want = [], own = {}) {
    this.query = new URLSearchParams({ want: want.join(","), ...own })
    this.changed = changed
    this.sections = /** @type {Sent.Sections} */ ({}) // none before the first message
    /** @type {Sent.About} */
    this.about = {}
    this.connected = false
    /** @type {number | null} */
    this.ahead = null
    this.closed = false
    this.open()
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws"
    this.socket = new WebSocket(`${scheme}://${location.host}/screen/feed?${this.query}`)
    let first = true
    this.socket.onmessage = (event) => {
      this.take(JSON.parse(event.data), first)
      first = false
    }
    this.socket.onclose = () => {
      this.connected = false
      if (this.closed) return
      signedIn()
      this.timer = setTimeout(() => this.open(), AGAIN)
    }
  }

  close() {
    this.closed = true
    clearTimeout(this.timer)
    this.socket?.close()
  }

  /**
   * A message that was long on its way would make data look younger: the shortest way heard so far counts.
   * @param {{ at: number, set: Partial<Sent.Sections> } & Sent.About} message
   * @param {boolean} first
   */
  take(message, first) {
    const ahead = message.at - performance.now()
    this.ahead = first || this.ahead === null ? ahead : Math.max(this.ahead, ahead)
    this.connected = true
    const { at, set, ...about } = message
    Object.assign(this.about, about)
    Object.assign(this.sections, set)
    this.changed(Object.keys(set))
  }

  /** The server's time now (ms), or null before its first message. */
  now() {
    return this.ahead === null ? null : performance.now() + this.ahead
  }
}
