import assert from "node:assert/strict"
import { afterEach, before, beforeEach, describe, mock, test } from "node:test"
import { read, unitOf, written } from "../../screen/static/replay/jobs/values.js"
import { joined, latest, runs } from "../../screen/static/replay/life.js"
import { after, bars, byWorst, districts, figures, grouped, marks, ownFigures, spots, wanted } from "../../screen/static/replay/reading.js"
import { LEFT, RIGHT, hours, momentAt, placeOf } from "../../screen/static/replay/time/axis.js"
import { addressed, dayAndMonth, ending, period, span, stamp } from "../../screen/static/replay/time/period.js"
import { Player, SPEEDS } from "../../screen/static/replay/time/player.js"
import { ACTS, mark, moment, numberOf, open } from "../../screen/static/replay/time/timeline.js"
import { DAY, HOUR, MINUTE, at, row, speak } from "./support.js"

const past = (fields = {}) => row({ rule: "R1", subject: "s", lon: 113.6, lat: 34.7, ...fields })
const table = (...alerts) => new Map(alerts.map((alert) => [alert.id, alert]))
const every = { severities: new Set(), domain: "", district: "", search: "" }

describe("what a report is asked by", () => {
  test("the day on which the time begins, by the clock of China, and its month", () => {
    assert.deepEqual(dayAndMonth(Date.parse("2026-05-31T23:30:00Z")), { day: "2026-06-01", month: "2026-06" })
    assert.deepEqual(dayAndMonth(null), { day: "", month: "" })
  })

  test("a row names the day, month or order that a report is of", () => {
    assert.equal(span({ day: "2026-06-01", lang: "zh" }), "2026-06-01")
    assert.equal(span({ month: "2026-06", lang: "zh" }), "2026-06")
    assert.equal(span({ order: "0123456789abcdef" }), "01234567")
  })
})

describe("what is read off a state", () => {
  test("the worst comes first, then what stands longest, then by id", () => {
    const order = [past({ id: "d", raised: 1 }), past({ id: "b", raised: 2 }), past({ id: "c", raised: 2 }), past({ id: "a", severity: "red", raised: 9 })]
    assert.deepEqual([...order].reverse().sort(byWorst).map(({ id }) => id), ["a", "d", "b", "c"])
  })

  test("groups stand in the order of work, each by the state of its alerts, and empty ones are left out", () => {
    const alerts = table(past({ id: "g", state: "G" }), past({ id: "c", state: "C" }), past({ id: "d", state: "D" }), past({ id: "b", state: "B" }), past({ id: "a", state: "A" }))
    assert.deepEqual(grouped(alerts, every).map(({ name, alerts: its }) => [name, its.map(({ id }) => id).join("")]), [["unacknowledged", "bd"], ["acknowledged", "c"], ["case", "a"], ["out_of_service", "g"]])
  })

  test("a filter takes severities, a domain, a district and a text that stands anywhere in an alert, all at once", () => {
    const alert = past({ severity: "red", domain: "water", adcode: "410105", name: { zh: "金水河站", en: "Jinshui River" } })
    assert.equal(wanted(alert, { ...every, severities: new Set(["red"]), domain: "water", district: "410105", search: "river" }), true)
    for (const other of [{ severities: new Set(["blue"]) }, { domain: "fire" }, { district: "410102" }, { search: "黄河" }]) assert.equal(wanted(alert, { ...every, ...other }), false)
    assert.equal(wanted(alert, every), true)
  })

  test("the letters of the clause's mark are no text to be found", () => {
    assert.equal(wanted(past({ clause: ["E", "1", "verymuch"] }), { ...every, search: "verymuch" }), false)
  })

  const state = (alerts) => ({ alerts, incidents: new Map([["i", {}]]) })

  test("figures count what is annunciated: neither what is normal nor what is put aside", () => {
    const alerts = table(...["B", "C", "D", "A", "E", "F", "G"].map((letter) => past({ id: letter, state: letter, severity: "red" })))
    const found = figures(state(alerts), [], DAY)
    assert.deepEqual([found.unacknowledged, found.red, found.incidents], [2, 3, 1])
  })

  test("an alarm is stale after more than a day; a rate counts ten minutes and their end", () => {
    const found = figures(state(table(past({ id: "a", raised: 0 }), past({ id: "b", raised: 1 }))), [[DAY - 10 * MINUTE + 1], [DAY - 9 * MINUTE], [DAY + 1]], DAY + 1)
    assert.deepEqual([found.stale, found.recent], [1, 2])
  })

  test("of raises in order, those count that are not later", () => {
    const raised = [1, 3, 3, 7].map((when) => [when])
    assert.deepEqual([0, 1, 2, 3, 6, 7, 99].map((when) => after(raised, when)), [0, 1, 1, 3, 3, 4, 4])
    assert.equal(after([], 5), 0)
  })

  test("a district has its open alerts by severity, its load by 8, 4, 2 and 1, and the red ones that wait", () => {
    const severities = ["red", "red", "orange", "yellow", "blue"]
    const found = districts(table(...severities.map((severity, n) => past({ id: String(n), severity, state: n ? "B" : "C" })), past({ id: "x", state: "E" })))
    assert.deepEqual([...found], [["410105", { counts: [2, 1, 1, 1], waiting: 1, load: 8 + 8 + 4 + 2 + 1 }]])
  })

  test("a subject has its two worst alerts on the map, about its middle; what has no place has none", () => {
    const found = marks(table(past({ id: "a", severity: "blue" }), past({ id: "b", severity: "red" }), past({ id: "c" }), past({ id: "d", subject: "t" }), past({ id: "e", subject: "u", lon: null }), past({ id: "f", subject: "v", state: "A" })), every)
    assert.deepEqual(found.map(({ alert, column }) => [alert.id, column]), [["b", -0.5], ["c", 0.5], ["d", 0]])
  })

  test("bars are the first width that gives 150 at most, up in process and down after the fact, and the red part of both", () => {
    const raised = [[0, "red", "in-process"], [59_999, "blue", "post-event"], [60_000, "red", "post-event"], [-1, "red", "in-process"], [150 * MINUTE, "red", "in-process"]]
    const found = bars(raised, 0, 150 * MINUTE)
    assert.equal(found.width, MINUTE)
    assert.deepEqual([found.up, found.down, found.red].map((counts) => [counts.length, ...counts.slice(0, 3)]), [[150, 1, 0, 0], [150, 1, 1, 0], [150, 1, 1, 0]])
    assert.equal(bars([], 0, 150 * MINUTE + 1).width, 2 * MINUTE)
    assert.equal(bars([], 0, 400 * DAY).width, DAY)
    assert.equal(bars([], 5, 5).up.length, 1)
  })
})

describe("what the domains show of their subjects", () => {
  before(() => speak("en"))

  const both = (en) => ({ zh: "中", en })
  const subject = (name, value, fields = {}) => ({ subject: name, domain: "noise", kind: "meter", at: 0, values: { db: value, level: "B" }, ...fields })
  const known = (...subjects) => new Map(subjects.map((each) => [each.subject, each]))
  const figure = (fields = {}) => ({ domain: "noise", title: both("Loudest"), note: both("Max 70"), field: "db", fold: "max", kind: "", unit: "dB", within_minutes: 120, above: {}, below: {}, ...fields })
  const values = (headline, subjects, now = 0, chosen = "") => ownFigures({ subjects: known(...subjects), now }, headline, chosen).map(({ value }) => value)

  test("the highest, and all together, of those numbers that are known; nothing where none is", () => {
    const subjects = [subject("a", 60.5), subject("b", null), subject("c", 72)]
    assert.deepEqual(values([figure(), figure({ fold: "sum" })], subjects), [72, 132.5])
    assert.deepEqual(values([figure(), figure({ fold: "sum" })], [subject("a", null)]), [null, null])
    assert.deepEqual(values([figure(), figure({ fold: "online" })], []), [null, null])
  })

  test("of its own domain alone, of its kind alone where it has one, and of those that give its field", () => {
    const subjects = [subject("a", 50), subject("b", 90, { domain: "air" }), subject("c", 80, { kind: "mast" }), subject("d", 0, { values: { rain: 99 } })]
    assert.deepEqual(values([figure(), figure({ kind: "meter" })], subjects), [80, 50])
  })

  test("online is the share that was heard of in the last minutes, their first moment among them, by the clock of the log", () => {
    const subjects = [subject("a", 1, { at: 10 * MINUTE }), subject("b", null, { at: 10 * MINUTE - 1 }), subject("c", 1, { at: 130 * MINUTE }), subject("d", 1, { at: 0 })]
    assert.deepEqual(values([figure({ fold: "online" })], subjects, 130 * MINUTE), [50])
  })

  test("it is out of bounds past the bound of any severity, above or below, and not at it", () => {
    const beyond = (value, bounds) => ownFigures({ subjects: known(subject("a", value)), now: 0 }, [figure(bounds)], "")[0].beyond
    const bounds = { above: { blue: 70, red: 100 }, below: { orange: 20 } }
    assert.deepEqual([19, 20, 70, 71, 101].map((value) => beyond(value, bounds)), [true, false, false, true, true])
    assert.equal(beyond(null, bounds), false)
  })

  test("two have room: those of the chosen domain first, then in the order of the domains", () => {
    const headline = ["one", "two", "three"].map((domain) => figure({ domain, unit: domain }))
    const shown = (chosen) => ownFigures({ subjects: known(), now: 0 }, headline, chosen).map(({ unit }) => unit)
    assert.deepEqual([shown(""), shown("three"), shown("none")], [["one", "two"], ["three", "one"], ["one", "two"]])
  })

  const places = { noise: { title: both("Noise"), by: both(""), unit: both("places"), none: both("no value"), field: "db", level: "level", over: 70, full: 90 } }
  const place = { a: { domain: "noise", name: both("First"), lon: 113.6, lat: 34.7 }, b: { domain: "noise", name: both("Second"), lon: 113.7, lat: 34.8 } }

  test("a value stands at the place of its subject, over the limit of its domain or not, and its title says what it is", () => {
    assert.deepEqual(spots(known(subject("a", 70), subject("b", 70.5)), place, places), [
      { key: "a", lon: 113.6, lat: 34.7, value: 70, over: false, title: "First · Noise 70 B" },
      { key: "b", lon: 113.7, lat: 34.8, value: 70.5, over: true, title: "Second · Noise 70.5 B" },
    ])
  })

  test("without a number, or without a word for it, the title says so or does without", () => {
    const titles = spots(known(subject("a", null), subject("b", 80, { values: { db: 80 } })), place, places).map(({ value, over, title }) => [value, over, title])
    assert.deepEqual(titles, [[null, false, "First · Noise no value"], [80, true, "Second · Noise 80"]])
  })

  test("what has no place, is of a domain that shows no value, or does not give it, stands nowhere", () => {
    assert.deepEqual(spots(known(subject("c", 80), subject("a", 80, { domain: "air" }), subject("b", 0, { values: { rain: 1 } })), place, places), [])
  })
})

describe("a moment of a replay", () => {
  const change = (when, kind, value) => [when, kind, value]
  const chunk = (changes = [], fields = {}) => ({ from: 100, state: { alerts: { a: { id: "a", v: 0 } }, incidents: {}, subjects: {}, audit: [], now: 90, ...fields }, changes, ticks: [150, 200] })

  test("a chunk begins as its keyframe says", () => {
    const state = open(chunk())
    assert.deepEqual([[...state.alerts.keys()], state.now, state.at], [["a"], 90, 100])
  })

  test("a subject's values are replaced by the next ones of the same subject", () => {
    const one = chunk([change(120, "subject", { subject: "s", n: 2 })], { subjects: { s: { subject: "s", n: 1 } } })
    assert.deepEqual([110, 120].map((when) => [...moment(undefined, one, when).subjects.values()].map(({ n }) => n)), [[1], [2]])
  })

  test("a file of an earlier version, which has stations in the place of subjects, shows all but their values", () => {
    const one = chunk([change(120, "station", { subject: "s", aqi: 80 }), change(130, "alert", { id: "b" })], { subjects: undefined, stations: { s: { subject: "s", aqi: 50 } } })
    const state = moment(undefined, one, 140)
    assert.deepEqual([[...state.alerts.keys()], state.subjects.size], [["a", "b"], 0])
  })

  test("a change counts from its own moment on, and time is that of the newest tick", () => {
    const one = chunk([change(120, "alert", { id: "b" }), change(200, "alert", { id: "a", ended: true })])
    const keys = (when) => [...moment(undefined, one, when).alerts.keys()].join("")
    assert.deepEqual([119, 120, 199, 200].map(keys), ["a", "ab", "ab", "b"])
    assert.deepEqual([149, 150, 250].map((when) => moment(undefined, one, when).now), [90, 150, 200])
  })

  test("going on from a state and beginning anew give the same, forwards and backwards", () => {
    const one = chunk(Array.from({ length: 20 }, (_, n) => change(100 + 5 * n, n % 3 ? "alert" : "subject", { id: `x${n % 4}`, subject: `s${n % 2}`, n, ended: n % 5 === 0 })))
    let state
    for (const when of [100, 130, 131, 199, 120, 199]) {
      state = moment(state, one, when)
      const anew = moment(undefined, one, when)
      assert.deepEqual([[...state.alerts], [...state.subjects], state.now], [[...anew.alerts], [...anew.subjects], anew.now])
    }
  })

  test("a state of another chunk is not gone on from", () => {
    const [one, other] = [chunk([change(110, "alert", { id: "b" })]), chunk()]
    assert.deepEqual([...moment(moment(undefined, one, 150), other, 160).alerts.keys()], ["a"])
  })

  test("the keyframe itself is never changed", () => {
    const one = chunk([change(110, "alert", { id: "a", ended: true })])
    moment(undefined, one, 150)
    assert.deepEqual(Object.keys(one.state.alerts), ["a"])
  })

  test("a state holds the newest entries of trails, so many and no more, and skips kinds it does not know", () => {
    const audit = Array.from({ length: 80 }, (_, n) => ({ n }))
    const one = chunk([change(110, "audit", { n: 80 }), change(111, "comet", { id: "halley" })], { audit })
    const { acts } = moment(undefined, one, 150)
    assert.deepEqual([acts.length, acts[0].n, acts.at(-1).n], [ACTS, 31, 80])
  })

  test("what is shown changes only where a change was taken", () => {
    const one = chunk([change(120, "alert", { id: "b" })])
    const [before120, at119, at120] = [100, 119, 120].map((when) => mark(moment(undefined, one, when)))
    assert.equal(before120, at119)
    assert.notEqual(at119, at120)
  })

  test("a moment belongs to the chunk that begins last before it", () => {
    const chunks = [0, 10, 20].map((from) => ({ from }))
    assert.deepEqual([-5, 0, 9, 10, 19, 20, 99].map((when) => numberOf(chunks, when)), [0, 0, 0, 1, 1, 2, 2])
    assert.equal(numberOf([{ from: 0 }], 7), 0)
  })
})

describe("the life of an alert", () => {
  const life = [[10, { v: 1 }], [20, { v: 1 }], [30, { v: 2 }]]

  test("what is known at a moment is the last revision before it, else the first", () => {
    assert.deepEqual([5, 10, 25, 30].map((when) => latest(life, when).v), [1, 1, 1, 2])
    assert.equal(latest([], 5), undefined)
  })

  test("stretches in which nothing changes are one, and the last reaches to the end", () => {
    assert.deepEqual(runs(life, 50, ({ v }) => v).map(({ begin, end }) => [begin, end]), [[10, 30], [30, 50]])
    assert.deepEqual(runs([], 50, ({ v }) => v), [])
  })

  test("an entry that both the replay and the log have stands once, as the replay has it, in the order of the trail", () => {
    const log = [{ n: 3, at: "1970-01-01T08:00:03+08:00", by: "log" }, { n: 1, at: "1970-01-01T08:00:01+08:00", by: "log" }]
    const found = joined([{ n: 2, at: 2000, by: "replay" }, { n: 1, at: 1000, by: "replay" }], log)
    assert.deepEqual(found.map(({ n, at: when, by }) => [n, when, by]), [[1, 1000, "replay"], [2, 2000, "replay"], [3, 3000, "log"]])
  })
})

describe("a time of the archive", () => {
  before(() => speak("en"))

  test("a day of the city begins at its midnight and ends 24 hours later", () => {
    const { from, to } = period("2026-11-24")
    assert.deepEqual([from, to], [at("2026-11-24 00:00:00"), at("2026-11-25 00:00:00")])
  })

  test("hours of a day are those of the city", () => {
    assert.deepEqual(period("2026-11-24", "06:30", "18:05"), { from: at("2026-11-24 06:30:00"), to: at("2026-11-24 18:05:00") })
  })

  test("what is no day or no time is no number", () => {
    assert.ok(Number.isNaN(period("2026-13-45").from))
    assert.ok(Number.isNaN(period("2026-11-24", "noon").from))
  })

  test("a stamp is the very moment in the city's zone", () => {
    const when = at("2026-11-24 06:30:07")
    assert.equal(stamp(when), "2026-11-24T06:30:07+08:00")
    assert.equal(Date.parse(stamp(when)), when)
  })

  test("an end at midnight is the 24:00 of the day that it ends", () => {
    const { from, to } = period("2026-11-24")
    assert.equal(ending(to, from), "24:00")
    assert.equal(ending(at("2026-11-24 23:59:00"), from), "23:59")
  })

  test("the address of a whole day is the day, of a part its hours, of an alert the alert", () => {
    const params = (from, to) => ({ from: stamp(at(from)), to: stamp(at(to)) })
    assert.deepEqual(addressed(params("2026-11-24 00:00", "2026-11-25 00:00")), { day: "2026-11-24" })
    assert.deepEqual(addressed(params("2026-11-24 06:00", "2026-11-24 07:00")), { day: "2026-11-24", from: "06:00", to: "07:00" })
    assert.deepEqual(addressed({ alert: "abc", ...params("2026-11-24 06:00", "2026-11-24 07:00") }), { alert: "abc" })
  })

  test("the address of a period leads back to it", () => {
    for (const [from, to] of [["00:00", "24:00"], ["00:00", "12:00"], ["12:30", "24:00"]]) {
      const begun = period("2026-11-24", from, to)
      const told = addressed({ from: stamp(begun.from), to: stamp(begun.to) })
      assert.deepEqual(period(told.day, told.from, told.to), begun)
    }
  })

  test("a period is read with its day once, and the end of a day as 24:00", () => {
    const said = (from, to) => span({ from: stamp(at(from)), to: stamp(at(to)) })
    assert.equal(said("2026-11-24 06:00", "2026-11-24 07:00"), "2026-11-24 06:00 – 07:00")
    assert.equal(said("2026-11-24 00:00", "2026-11-25 00:00"), "2026-11-24 00:00 – 24:00")
    assert.equal(said("2026-11-24 22:00", "2026-11-25 02:00"), "2026-11-24 22:00 – 2026-11-25 02:00")
    assert.equal(span({ alert: "0123456789abcdef" }), "around 01234567")
  })
})

describe("the time line", () => {
  before(() => speak("en"))

  const day = period("2026-11-24")
  const wide = 1000

  test("a period fills the line from its left to its right edge", () => {
    assert.equal(placeOf(day, wide, day.from), LEFT)
    assert.equal(placeOf(day, wide, day.to), wide - RIGHT)
    assert.equal(placeOf(day, wide, day.from + 12 * HOUR), (LEFT + wide - RIGHT) / 2)
  })

  test("a press on the place of a moment is that moment, and one beside the line lies beyond the period", () => {
    for (const share of [0, 0.25, 0.999, 1]) {
      const when = day.from + share * DAY
      assert.ok(Math.abs(momentAt(day, wide, placeOf(day, wide, when)) - when) < 1)
    }
    assert.ok(momentAt(day, wide, 0) < day.from)
    assert.ok(momentAt(day, wide, wide) > day.to)
  })

  test("a day has as many hours as there is room for, from midnight to 24:00", () => {
    const texts = hours(day, wide).map(({ text }) => text)
    assert.deepEqual([texts[0], texts[1], texts.at(-1)], ["00:00", "02:00", "24:00"])
    assert.equal(texts.length, 13)
    assert.equal(hours(day, 2000).length, 25)
  })

  test("written hours never stand nearer than there is room", () => {
    for (const width of [300, 700, 1500]) {
      for (const days of [1, 2, 7]) {
        const span_ = { from: day.from, to: day.from + days * DAY }
        const places = hours(span_, width).map(({ at: when }) => placeOf(span_, width, when))
        assert.ok(places.slice(1).every((place, n) => place - places[n] >= 63.9), `${width} ${days}`)
      }
    }
  })

  test("of several days midnights are written as days", () => {
    const texts = hours({ from: day.from, to: day.from + 2 * DAY }, wide).map(({ text }) => text)
    assert.deepEqual([texts[0], texts.at(-1)], ["11-24", "11-26"])
    assert.ok(texts.includes("11-25") && texts.includes("12:00"))
  })

  test("two hours and less are written each ten minutes, at whole ones", () => {
    const texts = hours({ from: at("2026-11-24 06:05:00"), to: at("2026-11-24 06:35:00") }, wide).map(({ text }) => text)
    assert.deepEqual(texts, ["06:10", "06:20", "06:30"])
  })
})

describe("the clock of a replay", () => {
  let frames = []
  const film = { from: 1000, until: 100_000, at: () => ({}) }

  beforeEach(() => {
    frames = []
    globalThis.requestAnimationFrame = (step) => frames.push(step)
    globalThis.cancelAnimationFrame = () => {}
  })
  afterEach(() => mock.restoreAll())

  const frame = (now) => frames.splice(0).forEach((step) => step(now))
  const loaded = (its = film, when = null) => {
    const player = new Player(() => {})
    player.load(its, when)
    frame(0)
    return player
  }

  test("a replay begins at rest, at its beginning or at the moment that is asked for", () => {
    assert.deepEqual([loaded().at, loaded(film, 5000).at, loaded().playing], [1000, 5000, false])
  })

  test("no moment lies outside of the replay", () => {
    const player = loaded()
    player.seek(-7)
    assert.equal(player.at, 1000)
    player.seek(1e9)
    assert.equal(player.at, 100_000)
  })

  test("it runs as many times as fast as it is told, from the second frame on", () => {
    const player = loaded()
    player.pace(10)
    player.toggle()
    frame(500)
    assert.equal(player.at, 1000)
    frame(600)
    assert.equal(player.at, 2000)
  })

  test("a page that slept does not jump: a frame counts a quarter of a second at most", () => {
    const player = loaded()
    player.pace(1)
    player.toggle()
    frame(0)
    frame(60_000)
    assert.equal(player.at, 1250)
  })

  test("it waits where nothing has been read yet", () => {
    const player = loaded({ ...film, at: () => null })
    player.toggle()
    frame(0)
    frame(100)
    assert.deepEqual([player.at, player.playing], [1000, true])
  })

  test("it stops at its end, and begins anew when it is played again", () => {
    const player = loaded(film, 99_999)
    player.toggle()
    frame(0)
    frame(100)
    assert.deepEqual([player.at, player.playing], [100_000, false])
    player.toggle()
    assert.deepEqual([player.at, player.playing], [1000, true])
  })

  test("speeds go up and down one by one, and not beyond the last; one that there is not changes nothing", () => {
    const player = loaded()
    player.pace(SPEEDS.at(-1))
    player.faster(1)
    assert.equal(player.speed, SPEEDS.at(-1))
    player.faster(-99)
    assert.equal(player.speed, 1)
    player.pace(7)
    assert.equal(player.speed, 1)
  })

  test("without a replay nothing plays", () => {
    const player = new Player(() => {})
    player.toggle()
    player.seek(5)
    assert.deepEqual([player.playing, player.at], [false, null])
  })

  test("it asks for one frame however often it is asked", () => {
    const player = loaded()
    player.seek(2000)
    player.seek(3000)
    assert.equal(frames.length, 1)
  })
})

describe("parameters of a what-if", () => {
  before(() => speak("en"))

  test("a value is written as a person writes it: words without quotes, tables as JSON", () => {
    assert.deepEqual([160, "30m", true, { a: [1] }, undefined, null].map(written), ["160", "30m", "true", '{"a":[1]}', "", "null"])
  })

  test("what was written is read back as what it was", () => {
    for (const value of [160, -0.5, "30m", false, { a: [1, "x"] }, [1, 2]]) assert.deepEqual(read(value, written(value)), { value })
  })

  test("a number stays a number: no word, no empty field, no second decimal point, no other notation", () => {
    for (const text of ["abc", "", "1.2.3", "1e9", "0x10", "NaN", "Infinity", "１６０", "1,000"]) assert.deepEqual(read(160, text), { wrong: "not_number" }, text)
    assert.deepEqual(read(160, " 75.5 "), { value: 75.5 })
  })

  test("a word may become a number, since `law` stands for a limit of its own, but not nothing", () => {
    assert.deepEqual(read("law", "75"), { value: 75 })
    assert.deepEqual(read("law", "night"), { value: "night" })
    assert.deepEqual(read("law", "  "), { wrong: "not_number" })
  })

  test("yes and no are words of two kinds alone, and a table must be JSON", () => {
    assert.deepEqual(read(true, "yes"), { wrong: "not_boolean" })
    assert.deepEqual(read(true, " false "), { value: false })
    assert.deepEqual(read({}, "{a: 1}"), { wrong: "not_json" })
  })

  test("a unit is the rule's for its values, each once; times for counts; what the name or the value says else", () => {
    assert.equal(unitOf("limit", 160, { o3: "µg/m³", no2: "µg/m³", co: "mg/m³", "": "" }), "µg/m³, mg/m³")
    assert.equal(unitOf("open_after", 3, {}), "times")
    assert.equal(unitOf("wait_minutes", 5, {}), "min")
    assert.equal(unitOf("window", "30m", {}), "length")
    assert.equal(unitOf("kind", "login", {}), "")
  })
})
