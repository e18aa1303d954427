/* Replay: a time of the archive as it was, a frame around it that says so, what other parameters would have made of it, and files of it.
   Nothing can be done to an alert here. The address keeps what is shown. */

import { titled } from "../common/alert/alert.js"
import { Bar, NEEDS } from "../common/bar.js"
import { button, el, say } from "../common/dom.js"
import { Link } from "../common/server/link.js"
import { mountPage } from "../common/page.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { Acts, Figures, Incidents, Ranking } from "./aside.js"
import { City, mark as drawn, readDistricts } from "./city.js"
import { Exports } from "./jobs/exports.js"
import { openFilm } from "./time/film.js"
import { Frame } from "./frame.js"
import { Jobs, Progress } from "./jobs/jobs.js"
import { Filter, List } from "./list.js"
import { addressed, ending, period, span, stamp } from "./time/period.js"
import { Picker } from "./time/picker.js"
import { Player, SPEEDS } from "./time/player.js"
import { districts as loads, figures, marks } from "./reading.js"
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

/** Draw the page into a component's root; the answer takes it away again. */
export async function mount(root) {
  const districts = await readDistricts()
  return mountPage(root, ["common/work.css", "replay/replay.css"], () => new Replay(root.host ?? root.getRootNode().host, districts))
}

class Replay {
  constructor(host, districts) {
    this.districts = new globalThis.Map(districts.map((each) => [each.adcode, each]))
    this.bar = new Bar("replay", host)
    this.bar.clock.hidden = true // the log's time now would be taken for the time that is replayed
    this.frame = new Frame()
    this.jobs = new Jobs(() => this.follow())
    this.player = new Player(() => this.draw())
    this.scrubber = new Scrubber(this.player)
    this.chosen = null
    this.wanted = null
    const open = (id) => this.choose(id)
    this.filter = new Filter(() => this.filtered())
    this.list = new List(this.filter, open)
    this.figures = new Figures()
    this.city = new City(districts, (its) => its && open(its.id))
    this.ranking = new Ranking(districts)
    this.incidents = new Incidents(open)
    this.acts = new Acts(open)
    this.story = new Story(() => this.choose(null), (at) => this.seek(at), (id) => this.around(id))
    this.picker = new Picker((day, from, to) => this.day(day, from, to))
    this.exports = new Exports(this.jobs, () => this.period(), this.filter)
    this.whatif = new WhatIf(this.jobs, () => this.period(), (job) => this.result(job))
    this.outcome = new Result(districts, (row) => this.replayRow(row), () => this.result(null))
    this.lay()
    this.node.onclick = (event) => event.detail && event.target.closest?.("button")?.blur() // the space bar is for what a keyboard has chosen
    this.keys = (event) => this.key(event)
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
    this.renew = button("plain", () => this.ask(this.wanted.params), t("replay.renew"))
    const tools = el("div", "tools", tabs, this.picker.node, this.source, this.renew)
    const legend = el("div", "legend", el("small", "", t("panel.load")), ...["0", "1+", "6+", "12+"].map((text, n) => el("span", `land-${n}`, text)), el("span", "land-red", t("panel.red")))
    const middle = el("div", "middle", this.figures.node, el("section", "map", this.city.node, legend), this.acts.node)
    this.overview = el("div", "overview", this.ranking.node, this.incidents.node)
    const right = el("div", "right", this.overview, this.story.node, this.exports.node)
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
    this.view = VIEWS.includes(asked.get("view")) ? asked.get("view") : "play"
    if (SPEEDS.includes(Number(asked.get("speed")))) this.player.pace(Number(asked.get("speed")))
    this.first = { at: asked.has("at") ? Date.parse(`${asked.get("at")}+08:00`) : NaN, chosen: asked.get("chosen") }
    const job = asked.get("job")
    await Promise.all([this.jobs.refresh(), this.picker.read()])
    this.see(this.view)
    const alert = asked.get("alert")
    const day = asked.get("day")
    if (alert && /^[0-9a-f]{1,64}$/.test(alert)) this.want({ alert })
    else if (/^\d{4}-\d\d-\d\d$/.test(day ?? "")) this.day(day, asked.get("from") ?? "00:00", asked.get("to") ?? "24:00")
    if (job && this.jobs.known.get(job)?.state === "done") this.result(this.jobs.known.get(job))
    this.draw()
  }

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

  day(day, from, to) {
    this.picker.show(day, from, to)
    const { from: begin, to: end } = period(day, from, to)
    if (begin < end) this.want({ from: stamp(begin), to: stamp(end) })
  }

  around(alert) {
    this.first = { at: this.player.at ?? NaN, chosen: alert }
    this.want({ alert })
  }

  reopen(job) {
    this.first = { at: NaN, chosen: null }
    this.want(job.params, job.id)
  }

  /** Replay this: by the newest job that did it, or by a new one. */
  want(params, id = null) {
    const same = params.alert ? (other) => other.alert === params.alert : (other) => !other.alert && Date.parse(other.from) === Date.parse(params.from) && Date.parse(other.to) === Date.parse(params.to)
    const job = id ?? this.jobs.find("replay", same)?.id
    this.unload()
    if (job) this.wanted = { params, job }
    else this.ask(params)
    this.follow()
  }

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
  }

  /** What has become of the jobs: the replay that is waited for may be there. */
  follow() {
    const { wanted, player } = this
    const job = this.jobs.known.get(wanted?.job)
    if (job?.state === "done" && !player.film && !wanted.opening) this.open(wanted, job)
    this.draw()
  }

  async open(wanted, job) {
    wanted.opening = true
    const film = await openFilm(job, () => !this.player.playing && this.player.ask())
    if (wanted !== this.wanted) return film?.close()
    if (!film) {
      wanted.error = t("job.removed")
      return this.draw()
    }
    const { alert, raised, from } = film.index
    const { at, chosen } = this.first ?? {}
    this.first = null
    const begun = raised.find((each) => each[4] === alert)?.[0]
    this.player.load(film, Number.isFinite(at) && at >= from && at <= film.until ? at : begun ?? from)
    this.chosen = chosen || alert || null
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

  see(view) {
    this.view = view
    for (const tab of this.tabs) tab.ariaPressed = String(tab.view === view)
    if (view === "whatif") this.whatif.ready()
    this.draw()
  }

  choose(id) {
    this.chosen = id
    this.shown = null
    this.see(id ? "play" : this.view)
  }

  seek(at) {
    this.player.toggle(false)
    this.player.seek(at)
  }

  /** Show a result of a what-if, or none. */
  async result(job) {
    this.shownResult = job && (await this.outcome.open(job)) ? job.id : null
    this.see("whatif")
  }

  /** Play an alert of a result: in the replay that is there, or around the alert; one of the other rules alone only has its time. */
  replayRow({ before, after }) {
    const { raised } = before ?? after
    const { film } = this.player
    this.see("play")
    if (film && raised >= film.from && raised <= film.until) {
      this.chosen = before?.alert ?? null
      this.shown = null
      return this.seek(raised)
    }
    this.first = { at: raised, chosen: before?.alert ?? null }
    if (before) return this.want({ alert: before.alert })
    const { from, to } = period(words.date(raised))
    this.want({ from: stamp(Math.max(from, raised - AROUND)), to: stamp(Math.min(to, raised + AROUND)) })
  }

  key(event) {
    const target = event.composedPath()[0]
    if (event.ctrlKey || event.altKey || event.metaKey || target.matches?.("input, select, textarea")) return
    if (event.key === "Escape") return this.choose(null)
    if (!this.player.film || this.view === "whatif") return
    if (event.key === " " && target.matches?.("button, a")) return
    const { player, scrubber } = this
    const does = {
      " ": () => player.toggle(),
      ArrowLeft: () => scrubber.step(event.shiftKey ? -HOUR : -MINUTE),
      ArrowRight: () => scrubber.step(event.shiftKey ? HOUR : MINUTE),
      Home: () => this.seek(player.film.from),
      End: () => this.seek(player.film.until),
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
    const state = film ? film.at(player.at) : null
    this.frame.show(player, Boolean(film) && !state, this.link.now())
    this.scrubber.show()
    this.picture.hidden = view === "whatif" || !film
    this.wait.hidden = view === "whatif" || Boolean(film)
    this.whatif.node.hidden = view !== "whatif" || Boolean(this.shownResult)
    this.outcome.node.hidden = view !== "whatif" || !this.shownResult
    this.scrubber.node.hidden = view === "whatif"
    if (view === "whatif" && !this.shownResult) this.whatif.show()
    if (view === "export") this.exports.show(this.districts)
    this.exports.node.hidden = view !== "export"
    this.overview.hidden = view === "export" || this.chosen !== null
    this.picture.classList.toggle("waiting", Boolean(film) && !state)
    if (film) this.tell(film)
    else this.await()
    if (state) this.paint(state, film)
    this.write()
  }

  /** The job that is waited for, or what may be chosen. */
  await() {
    const { wanted } = this
    const job = this.jobs.known.get(wanted?.job)
    say(this.asked, wanted ? `${t("replay.making")} ${span(wanted.params)}` : t("replay.choose"))
    this.progress.show(job?.state === "done" ? null : job)
    say(this.said, wanted?.error ?? "")
    say(this.source, "")
    this.renew.hidden = true
    this.replays.show(wanted?.job)
  }

  tell({ job, index, whole }) {
    const short = index.until < index.to
    say(this.source, [`${t("replay.source")} ${index.log}`, short ? `${t("replay.archive_ends")} ${words.moment(index.until)}` : "", index.raised_more ? `${t("replay.raises_more")} ${index.raised_more}` : "", whole ? "" : t("replay.reading")].filter(Boolean).join(" · "))
    this.renew.hidden = !short || Boolean(job.params.alert)
  }

  /** Draw a state: everything where it is another one, else what moves with the time. */
  paint(state, film) {
    const { chosen, filter, view } = this
    const look = `${film.job.id} ${mark(state)} ${chosen} ${view}`
    const news = look !== this.shown
    const minute = Math.floor(state.at / MINUTE)
    if (news || minute !== this.minute) {
      this.list.show(state, this.districts, chosen, news)
      this.figures.show(figures(state, film.index.raised, state.at))
    }
    this.minute = minute
    this.shown = look
    if (news) {
      const found = loads(state.alerts)
      this.city.show(found, marks(state.alerts, filter.value).map((each) => onMap(each, this.districts)), stations(state, film), chosen)
      this.ranking.show(found)
      this.incidents.show(state.incidents)
      this.acts.show(state.acts, (id) => (state.alerts.has(id) ? titled(state.alerts.get(id)) : film.lives.has(id) ? titled(film.life(id)[0][1]) : ""))
    }
    this.story.show(view === "export" ? null : chosen, film, state, this.districts, Boolean(film.index.alert))
  }

  /** Keep in the address what is shown, so that it can be opened again and handed on. */
  write() {
    const { player, wanted } = this
    const now = performance.now()
    if (player.playing && now - (this.wrote ?? 0) < WRITE) return
    const fields = { lang: words.language, ...(this.view === "play" ? {} : { view: this.view }), ...(wanted ? addressed(wanted.params) : {}), ...this.standing() }
    if (this.view === "whatif" && this.shownResult) fields.job = this.shownResult
    const address = `${location.pathname}?${new URLSearchParams(fields)}`
    if (address === this.address) return
    this.address = address
    this.wrote = now
    history.replaceState(history.state, "", address)
  }

  /** The moment, the speed and the chosen alert, as the address has them: those that are shown, or those that are waited for. */
  standing() {
    const { film, speed } = this.player
    const { at, chosen } = film ? { at: this.player.at, chosen: this.chosen } : this.first ?? { at: NaN, chosen: null }
    return { ...(Number.isFinite(at) ? { at: `${words.date(at)}T${words.clock(at)}` } : {}), ...(film ? { speed } : {}), ...(chosen ? { chosen } : {}) }
  }

  close() {
    clearInterval(this.timer)
    removeEventListener("keydown", this.keys)
    this.player.film?.close()
    for (const part of [this.player, this.link, this.scrubber, this.list, this.city, this.outcome]) part.close()
    this.node.remove()
  }
}

function onMap({ alert, column }, districts) {
  const look = { state: alert.state[0], phase: alert.phase }
  const size = alert.severity === "red" ? 22 : 19
  const title = [titled(alert), districts.get(alert.adcode)?.[words.language], words.pick(alert.name)].filter(Boolean).join(" · ")
  return { key: alert.id, id: alert.id, lon: alert.lon, lat: alert.lat, column, size, title, look: `${alert.severity}${look.state}${look.phase}`, make: () => drawn(alert.severity, look, size) }
}

function stations({ stations: known }, { subjects }) {
  return [...known.values()].filter(({ subject }) => subjects[subject]).map(({ subject, aqi }) => {
    const { lon, lat, name } = subjects[subject]
    return { key: subject, lon, lat, index: aqi, title: `${words.pick(name)} AQI ${aqi ?? "—"}` }
  })
}
