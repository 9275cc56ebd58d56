/** When requests come, ms from the beginning: as many a second on average, each when it will (Poisson). They come whether or not anyone answers. */
export function arrivals(perSecond: number, forMs: number, random: () => number): number[] {
  const times: number[] = []
  for (let at = 0; ; ) {
    at += (-Math.log(1 - random()) * 1000) / perSecond
    if (at >= forMs) return times
    times.push(at)
  }
}
