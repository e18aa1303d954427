import assert from "node:assert/strict"
import { afterEach, beforeEach, mock, test } from "node:test"
import { Link } from "../../screen/static/common/server/link.js"

let page = 0
let sockets = []

beforeEach(() => {
  page = 0
  sockets = []
  mock.method(performance, "now", () => page)
  mock.timers.enable({ apis: ["setTimeout"] })
  globalThis.location = new URL("https://screen.test/desk")
  globalThis.WebSocket = class {
    constructor(address) {
      this.address = address
      sockets.push(this)
    }

    close() {}
  }
  mock.method(globalThis, "fetch", async () => new Response(null, { status: 200 }))
})
afterEach(() => {
  mock.timers.reset()
  mock.restoreAll()
})

const hear = (message) => sockets.at(-1).onmessage({ data: JSON.stringify({ set: {}, ...message }) })

test("before its first message nobody knows the server's time", () => {
  assert.equal(new Link(() => {}).now(), null)
})

test("the server's time goes on with the page's", () => {
  const link = new Link(() => {})
  hear({ at: 5000 })
  page = 250
  assert.equal(link.now(), 5250)
})

test("a message that was long on its way does not set the server's time back", () => {
  const link = new Link(() => {})
  hear({ at: 5000 })
  page = 1000
  hear({ at: 5200 }) // 800 ms late
  assert.equal(link.now(), 6000)
  hear({ at: 6300 }) // the first one was 300 ms late
  assert.equal(link.now(), 6300)
})

test("a server whose clock was set back is believed when the link is opened anew", () => {
  const link = new Link(() => {})
  hear({ at: 9000 })
  sockets[0].onclose()
  assert.equal(link.connected, false)
  mock.timers.tick(1000)
  assert.equal(sockets.length, 2)
  hear({ at: 4000 })
  assert.deepEqual([link.now(), link.connected], [4000, true])
})

test("only the sections that are new are named, the others stay", () => {
  const names = []
  const link = new Link((news) => names.push(news), ["time"])
  hear({ at: 0, set: { time: 1, list: 2 }, mark: "live" })
  hear({ at: 0, set: { time: 3 } })
  assert.deepEqual(names, [["time", "list"], ["time"]])
  assert.deepEqual(link.sections, { time: 3, list: 2 })
  assert.deepEqual(link.about, { mark: "live" })
})

test("the wanted sections stand in the address, which is secure where the page is", () => {
  new Link(() => {}, ["time", "health"]) // eslint-disable-line no-new -- it opens its socket
  assert.equal(sockets[0].address, "wss://screen.test/screen/feed?want=time%2Chealth")
})

test("a link that was closed is not opened again", () => {
  const link = new Link(() => {})
  link.close()
  sockets[0].onclose()
  mock.timers.tick(60_000)
  assert.equal(sockets.length, 1)
})
