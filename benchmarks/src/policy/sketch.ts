/** How often each key was asked for, roughly (count-min of four rows up to 15), halved after ten times as many requests as there are entries. */
export function sketch(capacity: number): { add(key: number): void; estimate(key: number): number } {
  const width = 2 ** Math.ceil(Math.log2(Math.max(16, capacity * 4)))
  const rows = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f].map((salt) => ({ salt, counts: new Uint8Array(width) }))
  let added = 0
  const place = (key: number, salt: number) => {
    const mixed = Math.imul(key ^ (key >>> 15), salt)
    return (mixed ^ (mixed >>> 13)) & (width - 1)
  }
  const estimate = (key: number) => {
    let least = 15
    for (const { salt, counts } of rows) least = Math.min(least, counts[place(key, salt)]!)
    return least
  }
  return {
    estimate,
    add(key) {
      const least = estimate(key)
      if (least < 15)
        for (const { salt, counts } of rows) {
          const at = place(key, salt)
          if (counts[at] === least) counts[at] = least + 1
        }
      if (++added < capacity * 10) return
      added = Math.floor(added / 2)
      for (const { counts } of rows) for (let at = 0; at < width; at++) counts[at] = counts[at]! >> 1
    },
  }
}
