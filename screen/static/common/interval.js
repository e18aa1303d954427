/* How sure a share of few is: the 95 % score interval (Wilson, 1927, Journal of the American Statistical Association 22, 209–212). */

import { t } from "./words.js"

/** The 97.5 % quantile of the normal distribution: between it and its negative lie 95 %. */
const Z = 1.959964

/** Up to so many the interval is to be read before the share: "small n" in Brown, Cai, DasGupta (2001), Statistical Science 16, 101–133. */
export const FEW = 40

/**
 * Between which shares the true one lies, of `count` among `of`, which is at least 1.
 * @param {number} count
 * @param {number} of
 * @returns {[low: number, high: number]}
 */
export function wilson(count, of) {
  const [share, scale] = [count / of, 1 + (Z * Z) / of]
  const middle = (share + (Z * Z) / (2 * of)) / scale
  const half = (Z * Math.sqrt((share * (1 - share)) / of + (Z * Z) / (4 * of * of))) / scale
  return [Math.max(0, middle - half), Math.min(1, middle + half)]
}

/**
 * A share in words: n / N, percent, its interval, and that N is small where it is.
 * @param {{ of: number, count: number }} its
 */
export function shareWords({ count, of }) {
  const [low, high] = wilson(count, of).map((share) => Math.round(100 * share))
  return [`${count} / ${of}`, `${Math.round((100 * count) / of)} %`, `${t("share.interval")} ${low}–${high} %`, ...(of > FEW ? [] : [t("share.few")])].join(" · ")
}
