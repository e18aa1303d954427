import assert from "node:assert/strict"
import { afterEach, beforeEach, mock, test } from "node:test"
import { forgetToken, signOut, signedIn, stay } from "../../screen/static/common/server/session.js"
import { onward } from "../../screen/static/signin/onward.js"
import { speak } from "./support.js"

let went = []
let heard = {}
const answers = (status, body = null) => mock.method(globalThis, "fetch", async () => (status ? new Response(body, { status }) : Promise.reject(new TypeError("away"))))

beforeEach(async () => {
  await speak("en")
  went = []
  heard = {}
  globalThis.location = { pathname: "/desk", search: "?state=case", hash: "", replace: (to) => went.push(to) }
  globalThis.history = { state: null, replaceState: (_state, _title, to) => went.push(to) }
  globalThis.addEventListener = (name, hear) => { heard[name] = hear }
  globalThis.removeEventListener = (name) => { delete heard[name] }
})
afterEach(() => mock.restoreAll())

test("a session that has ended leads to the page to sign in, and back", async () => {
  answers(401)
  await signedIn()
  assert.deepEqual(went, ["/signin?why=ended&next=%2Fdesk%3Fstate%3Dcase&lang=en"])
})

test("a server that is away, or that knows who is there, leads nowhere", async () => {
  for (const status of [0, 200, 403, 500]) {
    answers(status)
    await signedIn()
  }
  assert.deepEqual(went, [])
})

test("somebody who signs out goes where the server says, not to the page to sign in again", async () => {
  mock.method(globalThis, "fetch", async (path) => (path === "/signout" ? Response.json({ to: "/signin" }) : new Response(null, { status: 401 })))
  const out = signOut()
  await signedIn()
  await out
  assert.deepEqual(went, ["/signin?lang=en"])
})

test("a signing out that the server did not take leaves the session as it is", async () => {
  answers(0)
  await signOut()
  assert.deepEqual(went, [])
  answers(401)
  await signedIn()
  assert.equal(went.length, 1)
})

test("a wall's token is taken out of the address, and nothing else is", () => {
  globalThis.location.hash = "#wall=secret"
  forgetToken()
  assert.deepEqual(went, ["/desk?state=case"])
  globalThis.location.hash = "#story"
  forgetToken()
  assert.equal(went.length, 1)
})

test("the server is told at most once a minute that somebody is there", () => {
  let now = 0
  mock.method(performance, "now", () => now)
  const told = answers(204).mock
  const leave = stay()
  heard.pointermove()
  now = 59_999
  heard.keydown()
  assert.equal(told.callCount(), 0)
  now = 60_000
  heard.wheel()
  heard.pointerdown()
  assert.equal(told.callCount(), 1)
  leave()
  assert.deepEqual(heard, {})
})

const HERE = new URL("https://screen.test/signin?next=x")

test("after signing in one goes back to where one came from, with its query", () => {
  assert.equal(onward("/desk?state=case", HERE, "en"), "https://screen.test/desk?state=case")
  assert.equal(onward(null, HERE, "en"), "https://screen.test/?lang=en")
  assert.equal(onward("/.//evil.test/", HERE, "en"), "https://screen.test//evil.test/")
})

test("no address leads out of this screen after signing in", () => {
  for (const evil of ["https://evil.test/", "//evil.test/desk", "javascript:alert(1)", "data:text/html,x", "\\\\evil.test", "https://screen.test.evil.test/"]) assert.equal(onward(evil, HERE, "en"), "/", evil)
})

test("the page to sign in, and what is no address, lead to the wall", () => {
  assert.equal(onward("/signin?next=/signin", HERE, "zh"), "/")
  assert.equal(onward("http://[", HERE, "zh"), "/")
})
