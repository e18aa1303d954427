/* The domains as small multiples: what each has open, its share of all, where; a press shows the domain's own view. */

import { button, change, el, fill, say, svg } from "../common/dom.js"
import { file } from "../common/files.js"
import { SEVERITIES, glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { HEIGHT, WIDTH, outlines } from "./outlines.js"

/** Load from which a district is drawn in the lighter grey. */
const LOADED = 5

/**
 * A domain's name: in few words where the screen has them.
 * @param {{ name: string, title: Sent.Text }} domain
 */
export const domainName = ({ name, title }) => words.word(`domain.${name}`) || words.pick(title)

export class Domains {
  /** @type {Map<string, Tile>} */
  tiles = new globalThis.Map()
  /** @type {ReturnType<typeof outlines> | undefined} */
  borders
  /** @type {Pick<Sent.Sections, "domains"> | undefined} */
  last

  /**
   * `open(name)` is called when somebody presses a domain.
   * @param {(name: string) => void} open
   */
  constructor(open) {
    this.open = open
    this.needs = ["domains"]
    this.node = el("section", "domains")
  }

  /** The districts' borders must be there before the small maps. */
  async ready() {
    const { features } = await (await fetch(file("districts.geojson"))).json()
    this.borders = outlines(features)
    if (this.last) this.show(this.last)
  }

  /** @param {Pick<Sent.Sections, "domains">} sections */
  show(sections) {
    this.last = sections
    const all = sections.domains.reduce((sum, { counts }) => sum + total(counts), 0)
    for (const domain of sections.domains) {
      if (!this.tiles.has(domain.name)) this.tiles.set(domain.name, this.tile(domain))
      this.tiles.get(domain.name)?.show(domain, all, this.borders)
    }
  }

  /** @param {Sent.Domain} domain */
  tile(domain) {
    /** @param {Sent.Domain} domain */
    const tile = new Tile(domain, this.open)
    this.node.append(tile.node)
    return tile
  }
}

class Tile {
  /** @type {string} */
  key
  /** @type {Map<string, SVGPathElement>} */
  paths = new globalThis.Map()

  /**
   * @param {Sent.Domain} domain
   * @param {(name: string) => void} open
   */
  constructor(domain, open) {
    this.count = el("b")
    this.share = el("span")
    this.map = el("div", "mm")
    this.cells = el("div", "q")
    const name = el("div", "n", el("b", "", domainName(domain)), el("span", "", this.count, this.share))
    this.node = button("domain", () => open(domain.name))
    this.node.dataset.domain = domain.name
    this.node.append(name, this.map, this.cells)
  }

  /**
   * @param {Sent.Domain} domain
   * @param {number} all
   * @param {ReturnType<typeof outlines> | undefined} borders
   */
  show({ counts, loads, red }, all, borders) {
    const sum = total(counts)
    say(this.count, sum)
    say(this.share, ` · ${all ? Math.round((100 * sum) / all) : 0}%`)
    const key = String(counts)
    if (key !== this.key) {
      this.key = key
      change(this.cells, ...counts.flatMap((value, n) => [glyph(SEVERITIES[n], { size: 15, quiet: !value }), el("span", value ? "" : "z", String(value))]))
    }
    if (borders && !this.paths.size) this.draw(borders)
    for (const [adcode, path] of this.paths) paint(path, red[adcode] ? "var(--red)" : grey(loads[adcode] ?? 0))
  }

  /** @param {ReturnType<typeof outlines>} borders */
  draw(borders) {
    for (const [adcode, d] of borders) this.paths.set(adcode, svg("path", { d, stroke: "var(--bg-0)", "stroke-width": 1 }))
    fill(this.map, svg("svg", { width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}` }, ...this.paths.values()))
  }
}

/** @param {Sent.Counts} counts */
const total = (counts) => counts.reduce((sum, count) => sum + count, 0)
/** @param {number} load */
const grey = (load) => (load >= LOADED ? "var(--data)" : load ? "var(--data-2)" : "var(--land-0)")

/**
 * @param {SVGPathElement} path
 * @param {string} colour
 */
function paint(path, colour) {
  if (path.getAttribute("fill") !== colour) path.setAttribute("fill", colour)
}
