/* The list's own websocket: the page says what it looks at, the server answers with that window and with what has changed in it. */

const AGAIN = 1000

/** @typedef {{ query: object, first: number, rows: number, frozen: number | null, selected: string, reach: [number, number] | null }} Asking */

export class DeskLink {
  /** @type {number} */
  timer
  /** @type {WebSocket} */
  socket

  /**
   * `told(message)` is called with every answer that is not older than the newest change of what is asked; `list`: which list it is.
   * @param {(message: any) => void} told
   * @param {string} [list]
   */
  constructor(told, list = "desk") {
    this.told = told
    this.list = list
    this.n = 0
    this.floor = 0
    /** @type {Asking} */
    this.asking = { query: {}, first: 0, rows: 60, frozen: null, selected: "", reach: null }
    this.closed = false
    this.open()
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws"
    this.socket = new WebSocket(`${scheme}://${location.host}/screen/${this.list}`)
    this.socket.onopen = () => this.say(true)
    this.socket.onmessage = (event) => this.hear(JSON.parse(event.data))
    this.socket.onclose = () => {
      if (!this.closed) this.timer = setTimeout(() => this.open(), AGAIN)
    }
  }

  /**
   * Ask for something else; `over`: answers to what was asked before are of no use any more.
   * @param {Partial<Asking>} changes
   * @param {boolean} [over]
   */
  ask(changes, over = false) {
    Object.assign(this.asking, changes)
    this.say(over)
  }

  /** @param {boolean} over */
  say(over) {
    this.n += 1
    if (over) this.floor = this.n
    if (this.socket.readyState !== WebSocket.OPEN) return
    const { reach, ...rest } = this.asking
    this.socket.send(JSON.stringify({ n: this.n, ...rest, ...(reach ? { reach } : {}) }))
  }

  /** @param {any} message */
  hear(message) {
    if (message.names) return this.told(message)
    if (message.n < this.floor) return
    if (message.reach) this.asking.reach = null
    this.told(message)
  }

  close() {
    this.closed = true
    clearTimeout(this.timer)
    this.socket.close()
  }
}
