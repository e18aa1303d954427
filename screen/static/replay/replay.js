/* Replay: a time of the archive as it was, a frame around it that says so, what other parameters would have made of it, and files of it.
   Nothing can be done to an alert here. The address keeps what is shown. */

import { titled } from "../common/alert/alert.js"
import { Bar, NEEDS } from "../common/bar.js"
import { begunAt, button, el, say } from "../common/dom.js"
import { Link } from "../common/server/link.js"
import { hostOf, mountPage } from "../common/page.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { Acts, Figures, Incidents, Ranking } from "./aside.js"
import { City, mark as drawn, readDistricts } from "./city.js"
import { Exports } from "./jobs/exports.js"
import { openFilm } from "./time/film.js"
import { Frame } from "./frame.js"
import { Jobs, Progress } from "./jobs/jobs.js"
import { Filter, List } from "./list.js"
import { OrderStory } from "./order_story.js"
import { PastOrders } from "./orders.js"
import { addressed, ending, period, span, stamp } from "./time/period.js"
import { Picker } from "./time/picker.js"
import { Player, SPEEDS } from "./time/player.js"
import { districts as loads, figures, marks, ownFigures, spots } from "./reading.js"
import { Result } from "./jobs/result.js"
import { Results, opener } from "./jobs/results.js"
import { Scrubber } from "./time/scrubber.js"
import { Story } from "./story.js"
import { mark } from "./time/timeline.js"
import { WhatIf } from "./jobs/whatif.js"

const [MINUTE, HOUR] = [60_000, 3_600_000]
const VIEWS = ["play", "export", "whatif"]

/** Milliseconds between two drawings while nothing is played: the real time and the server's health move. */
const TICK = 500

/** Milliseconds between two changes of the address while it is played: a browser refuses more than some. */
const WRITE = 1000

/** How long before and after a raise that only another rule would have made is shown. */
const AROUND = 30 * MINUTE

/**
 * Draw the page into a component's root; the answer takes it away again.
 * @param {ShadowRoot} root
 */
export async function mount(root) {
  const districts = await readDistricts()
  return mountPage(root, ["common/work.css", "replay/replay.css"], () => new Replay(hostOf(root), districts))
}

/** @typedef {import("./time/film.js").Film} Film */
/** @typedef {{ params: Sent.Params, job: string | null, error?: string, opening?: boolean }} Wanted a replay that is waited for */

class Replay {
  /** @type {HTMLElement} */
  node
  /** @type {(HTMLButtonElement & { view: string })[]} */
  tabs
  /** @type {HTMLElement} */
  source
  /** @type {HTMLButtonElement} */
  renew
  /** @type {HTMLElement} */
  overview
  /** @type {HTMLElement} */
  picture
  /** @type {HTMLElement} */
  wait
  /** @type {HTMLElement} */
  stage
  /** @type {HTMLElement} */
  asked
  /** @type {HTMLElement} */
  said
  /** @type {Progress} */
  progress
  /** @type {Results} */
  replays
  /** @type {string} */
  view
  /** @type {{ at: number, chosen: string | null, order?: string | null } | null} */
  first
  /** @type {Wanted | null} */
  wanted = null
  /** @type {string | null} */
  chosen = null
  /** @type {string | null} an order beside it */
  order = null
  /** @type {string | null} */
  shown
  /** @type {string | null} */
  shownResult
  /** @type {number} */
  minute
  /** @type {string} */
  address
  /** @type {number | undefined} */
  wrote

  /**
   * @param {HTMLElement} host
   * @param {import("./city.js").Land[]} districts
   */
  constructor(host, districts) {
    this.districts = new globalThis.Map(districts.map((each) => [each.adcode, each]))
    this.bar = new Bar("replay", host)
    this.bar.clock.hidden = true // the log's time now would be taken for the time that is replayed
    this.frame = new Frame()
    this.jobs = new Jobs(() => this.follow())
    this.player = new Player(() => this.draw())
    this.scrubber = new Scrubber(this.player)
    /** @param {string} id */
    const open = (id) => this.choose(id)
    this.filter = new Filter(() => this.filtered())
    this.list = new List(this.filter, open)
    this.figures = new Figures()
    this.city = new City(districts, (its) => its && open(its.id))
    this.ranking = new Ranking(districts)
    this.incidents = new Incidents(open)
    this.acts = new Acts(open)
    /** @param {string | null} id */
    const follow = (id) => this.chooseOrder(id)
    this.orders = new PastOrders(follow)
    this.story = new Story(() => this.choose(null), (at) => this.seek(at), (id) => this.around(id), follow)
    this.ordered = new OrderStory(() => follow(null), (at) => this.seek(at))
    this.picker = new Picker((day, from, to) => this.day(day, from, to))
    this.exports = new Exports(this.jobs, () => this.period(), this.filter)
    this.whatif = new WhatIf(this.jobs, () => this.period(), (job) => this.result(job))
    this.outcome = new Result(districts, (row) => this.replayRow(row), () => this.result(null))
    this.lay()
    this.node.onclick = (event) => event.detail && /** @type {Element} */ (event.target).closest?.("button")?.blur() // the space bar is for what a keyboard has chosen
    this.keys = (/** @type {KeyboardEvent} */ event) => this.key(event)
    addEventListener("keydown", this.keys)
    this.link = new Link((names) => this.heard(names), [...NEEDS, "jobs"])
    this.timer = setInterval(() => !this.player.playing && this.draw(), TICK)
    this.begin()
  }

  lay() {
    this.tabs = VIEWS.map((view) => Object.assign(button("tab", () => this.see(view), t(`replay.view_${view}`)), { view }))
    const tabs = el("div", "tabs", ...this.tabs)
    tabs.role = "group"
    tabs.ariaLabel = t("replay.views")
    this.source = el("span", "source")
    this.renew = button("plain", () => this.wanted && this.ask(this.wanted.params), t("replay.renew"))
    const tools = el("div", "tools", tabs, this.picker.node, this.source, this.renew)
    const legend = el("div", "legend", el("small", "", t("panel.load")), ...["0", "1+", "6+", "12+"].map((text, n) => el("span", `land-${n}`, text)), el("span", "land-red", t("panel.red")))
    const middle = el("div", "middle", this.figures.node, el("section", "map", this.city.node, legend), el("div", "beneath", this.acts.node, this.orders.node))
    this.overview = el("div", "overview", this.ranking.node, this.incidents.node)
    const right = el("div", "right", this.overview, el("div", "stories", this.story.node, this.ordered.node), this.exports.node)
    this.picture = el("div", "picture", this.list.node, middle, right)
    this.progress = new Progress(this.jobs)
    this.asked = el("h2")
    this.said = el("p", "said")
    this.said.role = "alert"
    this.replays = new Results(this.jobs, "replay", t("replay.earlier"), () => "", (job) => [opener(t("replay.open"), () => this.reopen(job))])
    this.wait = el("div", "wait", el("section", "", this.asked, this.progress.node, this.said), this.replays.node)
    this.stage = el("main", "stage", this.picture, this.wait, this.whatif.node, this.outcome.node)
    this.node = el("div", `work replay ${words.language}`, this.bar.node, el("div", "body", this.frame.band, tools, this.stage, this.scrubber.node), this.frame.border)
  }

  /** Show what the address says. */
  async begin() {
    const asked = new URLSearchParams(location.search)
    this.view = VIEWS.find((view) => view === asked.get("view")) ?? "play"
    if (SPEEDS.includes(Number(asked.get("speed")))) this.player.pace(Number(asked.get("speed")))
    this.first = { at: asked.has("at") ? Date.parse(`${asked.get("at")}+08:00`) : NaN, chosen: asked.get("chosen"), order: asked.get("order") }
    const job = asked.get("job")
    await Promise.all([this.jobs.refresh(), this.picker.read()])
    this.see(this.view)
    const alert = asked.get("alert")
    const day = asked.get("day")
    if (alert && /^[0-9a-f]{1,64}$/.test(alert)) this.want({ alert })
    else if (day && /^\d{4}-\d\d-\d\d$/.test(day)) this.day(day, asked.get("from") ?? "00:00", asked.get("to") ?? "24:00")
    const done = this.jobs.known.get(job ?? "")
    if (done?.state === "done") this.result(done)
    this.draw()
  }

  /** @param {string[]} names */
  heard(names) {
    if (names.includes("jobs")) this.jobs.take(this.link.sections.jobs)
    if (!this.player.playing) this.player.ask()
  }

  /** The time that is replayed or chosen, for a what-if and for files: the replay's own where there is one. */
  period() {
    const { film } = this.player
    if (film) return { from: film.from, to: film.index.to }
    return this.picker.value ? period(this.picker.value.day, this.picker.value.from, this.picker.value.to) : null
  }

  /**
   * @param {string} day
   * @param {string} from
   * @param {string} to
   */
  day(day, from, to) {
    this.picker.show(day, from, to)
    const { from: begin, to: end } = period(day, from, to)
    if (begin < end) this.want({ from: stamp(begin), to: stamp(end) })
  }

  /** @param {string} alert */
  around(alert) {
    this.first = { at: this.player.at ?? NaN, chosen: alert }
    this.want({ alert })
  }

  /** @param {Sent.Job} job */
  reopen(job) {
    this.first = { at: NaN, chosen: null }
    this.want(job.params, job.id)
  }

  /**
   * Replay this: by the newest job that did it, or by a new one.
   * @param {Sent.Params} params
   * @param {string | null} [id]
   */
  want(params, id = null) {
    /** @type {(other: Sent.Params) => boolean} */
    const same = params.alert ? (other) => other.alert === params.alert : (other) => !other.alert && time(other.from) === time(params.from) && time(other.to) === time(params.to)
    const job = id ?? this.jobs.find("replay", same)?.id
    this.unload()
    if (job) this.wanted = { params, job }
    else this.ask(params)
    this.follow()
  }

  /** @param {Sent.Params} params */
  async ask(params) {
    this.unload()
    this.wanted = { params, job: null }
    say(this.said, "")
    const wanted = this.wanted
    const { id, error } = await this.jobs.ask("replay", params)
    wanted.job = id ?? null
    wanted.error = error
    this.follow()
  }

  unload() {
    this.player.film?.close()
    this.player.unload()
    this.scrubber.load(null, [])
    this.shown = null
    this.chosen = null
    this.order = null
  }

  /** What has become of the jobs: the replay that is waited for may be there. */
  follow() {
    const { wanted, player } = this
    const job = this.jobs.known.get(wanted?.job ?? "")
    if (wanted && job?.state === "done" && !player.film && !wanted.opening) this.open(wanted, job)
    this.draw()
  }

  /**
   * @param {Wanted} wanted
   * @param {Sent.Job} job
   */
  async open(wanted, job) {
    wanted.opening = true
    const film = await openFilm(job, () => !this.player.playing && this.player.ask())
    if (wanted !== this.wanted) return film?.close()
    if (!film) {
      wanted.error = t("job.removed")
      return this.draw()
    }
    const { alert, raised, from } = film.index
    const { at, chosen, order } = this.first ?? {}
    this.first = null
    const begun = raised.find((each) => each[4] === alert)?.[0]
    this.player.load(film, at !== undefined && at >= from && at <= film.until ? at : begun ?? from)
    this.chosen = chosen || alert || null
    this.order = order || null
    this.picker.show(words.date(from), words.minute(from), ending(film.index.to, from))
    this.city.name(Object.values(film.subjects))
    this.filter.know([...this.districts.values()].map((each) => [each.adcode, each[words.language]]), [...new Set(Object.values(film.subjects).map(({ domain }) => domain))].sort())
    this.filtered()
  }

  /** The filter holds for the list, the map, the raises under the time line, and the files. */
  filtered() {
    const { film } = this.player
    const { severities, district } = this.filter.value
    if (film) this.scrubber.load(film, film.index.raised.filter(([, severity, , adcode]) => (!severities.size || severities.has(severity)) && (!district || adcode === district)))
    this.shown = null
    this.draw()
  }

  /** @param {string} view */
  see(view) {
    this.view = view
    for (const tab of this.tabs) tab.ariaPressed = String(tab.view === view)
    if (view === "whatif") this.whatif.ready()
    this.draw()
  }

  /** @param {string | null} id */
  choose(id) {
    this.chosen = id
    this.order = null
    this.shown = null
    this.see(id ? "play" : this.view)
  }

  /**
   * Show an order, and beside it the alert that it is about; null closes the order alone.
   * @param {string | null} id
   */
  chooseOrder(id) {
    const of = id && this.player.film?.life(id).at(-1)?.[1]
    if (of && !of.alerts.includes(this.chosen)) this.chosen = of.alerts[0] ?? null
    this.order = id
    this.shown = null
    this.see(id ? "play" : this.view)
  }

  /** @param {number} at */
  seek(at) {
    this.player.toggle(false)
    this.player.seek(at)
  }

  /**
   * Show a result of a what-if, or none.
   * @param {Sent.Job | null} job
   */
  async result(job) {
    this.shownResult = job && (await this.outcome.open(job)) ? job.id : null
    this.see("whatif")
  }

  /**
   * Play an alert of a result: in the replay that is there, or around the alert; one of the other rules alone only has its time.
   * @param {import("./jobs/result.js").Changed} row
   */
  replayRow({ before, after }) {
    const raised = before?.raised ?? after?.raised ?? NaN
    const { film } = this.player
    this.see("play")
    if (film && raised >= film.from && raised <= film.until) {
      this.chosen = before?.alert ?? null
      this.shown = null
      return this.seek(raised)
    }
    this.first = { at: raised, chosen: before?.alert ?? null }
    if (before?.alert) return this.want({ alert: before.alert })
    const { from, to } = period(words.date(raised))
    this.want({ from: stamp(Math.max(from, raised - AROUND)), to: stamp(Math.min(to, raised + AROUND)) })
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = begunAt(event)
    if (event.ctrlKey || event.altKey || event.metaKey || target.matches?.("input, select, textarea")) return
    if (event.key === "Escape") return this.choose(null)
    const { film } = this.player
    if (!film || this.view === "whatif") return
    if (event.key === " " && target.matches?.("button, a")) return
    const { player, scrubber } = this
    const does = {
      " ": () => player.toggle(),
      ArrowLeft: () => scrubber.step(event.shiftKey ? -HOUR : -MINUTE),
      ArrowRight: () => scrubber.step(event.shiftKey ? HOUR : MINUTE),
      Home: () => this.seek(film.from),
      End: () => this.seek(film.until),
      n: () => scrubber.alarm(1),
      p: () => scrubber.alarm(-1),
      "[": () => player.faster(-1),
      "]": () => player.faster(1),
    }[event.key]
    if (!does) return
    event.preventDefault()
    does()
  }

  draw() {
    if (!this.view) return
    this.bar.show(this.link)
    this.bar.node.classList.remove("stale") // a replay is as good as it was; what is white here is the frame
    const { player, view } = this
    const { film } = player
    const state = film && player.at !== null ? film.at(player.at) : null
    this.frame.show(player, Boolean(film) && !state, this.link.now())
    this.scrubber.show()
    this.uncover(Boolean(film))
    if (view === "whatif" && !this.shownResult) this.whatif.show()
    if (view === "export") this.exports.show(this.districts)
    this.picture.classList.toggle("waiting", Boolean(film) && !state)
    if (film) this.tell(film)
    else this.await()
    if (state && film) this.paint(state, film)
    this.write()
  }

  /**
   * Show the parts that belong to the view.
   * @param {boolean} there whether there is a replay
   */
  uncover(there) {
    const { view } = this
    this.picture.hidden = view === "whatif" || !there
    this.wait.hidden = view === "whatif" || there
    this.whatif.node.hidden = view !== "whatif" || Boolean(this.shownResult)
    this.outcome.node.hidden = view !== "whatif" || !this.shownResult
    this.scrubber.node.hidden = view === "whatif"
    this.exports.node.hidden = view !== "export"
    this.overview.hidden = view === "export" || this.chosen !== null || this.order !== null
  }

  /** The job that is waited for, or what may be chosen. */
  await() {
    const { wanted } = this
    const job = this.jobs.known.get(wanted?.job ?? "")
    say(this.asked, wanted ? `${t("replay.making")} ${span(wanted.params)}` : t("replay.choose"))
    this.progress.show(job?.state === "done" ? null : job)
    say(this.said, wanted?.error ?? "")
    say(this.source, "")
    this.renew.hidden = true
    this.replays.show(wanted?.job)
  }

  /** @param {Film} film */
  tell({ job, index, whole }) {
    const [short, old] = [index.until < index.to, !index.places]
    say(this.source, [`${t("replay.source")} ${index.log}`, short ? `${t("replay.archive_ends")} ${words.moment(index.until)}` : "", old ? t("replay.old") : "", index.raised_more ? `${t("replay.raises_more")} ${index.raised_more}` : "", whole ? "" : t("replay.reading")].filter(Boolean).join(" · "))
    this.renew.hidden = !old && (!short || Boolean(job.params.alert))
  }

  /**
   * Draw a state: everything where it is another one, else what moves with the time.
   * @param {import("./time/timeline.js").State} state
   * @param {Film} film
   */
  paint(state, film) {
    const { chosen, order, filter, view } = this
    const look = `${film.job.id} ${mark(state)} ${chosen} ${order} ${view}`
    const news = look !== this.shown
    const minute = Math.floor(state.at / MINUTE)
    if (news || minute !== this.minute) {
      this.list.show(state, this.districts, chosen, news)
      this.figures.show(figures(state, film.index.raised, state.at), ownFigures(state, film.index.headline ?? [], filter.value.domain))
    }
    this.minute = minute
    this.shown = look
    if (news) {
      const found = loads(state.alerts)
      this.city.show(found, marks(state.alerts, filter.value).map((each) => onMap(each, this.districts)), spots(state.subjects, film.subjects, film.index.places ?? {}), chosen)
      this.ranking.show(found)
      this.incidents.show(state.incidents)
      this.acts.show(state.acts, (id) => called(id, state, film))
      this.orders.show(state, order)
      this.picture.classList.toggle("ordered", Boolean(state.flow))
    }
    this.story.show(view === "export" ? null : chosen, film, state, this.districts, Boolean(film.index.alert))
    this.ordered.show(view === "export" ? null : order, film, state.at)
  }

  /** Keep in the address what is shown, so that it can be opened again and handed on. */
  write() {
    const { player, wanted } = this
    const now = performance.now()
    if (player.playing && now - (this.wrote ?? 0) < WRITE) return
    const { view, shownResult: job } = this
    const fields = { lang: words.language, ...(view === "play" ? {} : { view }), ...(wanted ? addressed(wanted.params) : {}), ...this.standing(), ...(view === "whatif" && job ? { job } : {}) }
    const address = `${location.pathname}?${new URLSearchParams(Object.entries(fields))}`
    if (address === this.address) return
    this.address = address
    this.wrote = now
    history.replaceState(history.state, "", address)
  }

  /** The moment, the speed and the chosen alert, as the address has them: those that are shown, or those that are waited for. */
  standing() {
    const { film, speed } = this.player
    const { at, chosen, order } = film ? { at: this.player.at, chosen: this.chosen, order: this.order } : this.first ?? { at: NaN, chosen: null, order: null }
    return { ...(at !== null && Number.isFinite(at) ? { at: `${words.date(at)}T${words.clock(at)}` } : {}), ...(film ? { speed: String(speed) } : {}), ...(chosen ? { chosen } : {}), ...(order ? { order } : {}) }
  }

  close() {
    clearInterval(this.timer)
    removeEventListener("keydown", this.keys)
    this.player.film?.close()
    for (const part of [this.player, this.link, this.scrubber, this.list, this.city, this.outcome]) part.close()
    this.node.remove()
  }
}

/** @param {string | undefined} text */
const time = (text) => Date.parse(text ?? "")

/**
 * What an alert is called, whether it stands now or did before; nothing where nothing is known of it yet.
 * @param {string} id
 * @param {import("./time/timeline.js").State} state
 * @param {Film} film
 */
function called(id, state, film) {
  const row = state.alerts.get(id) ?? film.life(id)[0]?.[1]
  return row ? titled(row) : ""
}

/**
 * @param {ReturnType<typeof marks>[number]} found
 * @param {Map<string, import("./city.js").Land>} districts
 */
function onMap({ alert, column }, districts) {
  const look = { state: alert.state[0], phase: alert.phase }
  const size = alert.severity === "red" ? 22 : 19
  const title = [titled(alert), districts.get(alert.adcode)?.[words.language], words.pick(alert.name)].filter(Boolean).join(" · ")
  return { key: alert.id, id: alert.id, lon: Number(alert.lon), lat: Number(alert.lat), column, size, title, look: `${alert.severity}${look.state}${look.phase}`, make: () => drawn(alert.severity, look, size) }
}
