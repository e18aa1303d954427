/* The districts' borders as paths of a small map. Pure. */

/** Pixels of the small map. */
export const WIDTH = 100
export const HEIGHT = 59

/** Points of a border that are nearer to each other (pixels) are one. */
const NEAR = 0.7

/**
 * Each district's outline, by adcode: the whole city fills the map in one direction at least; a degree of longitude is narrower than one of latitude.
 * @param {{ properties: { adcode: string }, geometry: { coordinates: Sent.Point[][][] } }[]} features
 * @returns {[adcode: string, path: string][]}
 */
export function outlines(features) {
  const rings = features.map(({ properties, geometry }) => ({ adcode: properties.adcode, parts: geometry.coordinates.map(([outer]) => outer) }))
  const points = rings.flatMap(({ parts }) => parts.flat())
  const [west, east] = [Math.min(...points.map(([x]) => x)), Math.max(...points.map(([x]) => x))]
  const [south, north] = [Math.min(...points.map(([, y]) => y)), Math.max(...points.map(([, y]) => y))]
  const narrow = Math.cos(((north + south) / 2) * (Math.PI / 180))
  const scale = Math.min(WIDTH / ((east - west) * narrow), HEIGHT / (north - south))
  /** @type {(point: Sent.Point) => Sent.Point} */
  const place = ([lon, lat]) => [(lon - west) * narrow * scale, (north - lat) * scale]
  return rings.map(({ adcode, parts }) => [adcode, parts.map((ring) => outline(ring.map(place))).join("")])
}

/** @param {Sent.Point[]} points */
function outline(points) {
  /** @type {Sent.Point[]} */
  const kept = []
  for (const [x, y] of points) {
    const last = kept.at(-1)
    if (!last || Math.hypot(x - last[0], y - last[1]) >= NEAR) kept.push([x, y])
  }
  return `M${kept.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}Z`
}
