import { copy, share } from '../../packages/core/dist/entry/share.js'

// Prints what the clone modes cost, as ratios to 'none' and to a freeze: rounds alternate, medians are taken.
const user = (n) => ({ id: `u${n}`, name: 'Ada', team: 'red', roles: ['admin', 'staff'], address: { city: 'Paris' } })
const values = { 'one record': user(1), 'a page of 100 records': Array.from({ length: 100 }, (_, n) => user(n)) }
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1]
let sink

function time(work, times) {
  const start = performance.now()
  for (let n = 0; n < times; n++) sink = work()
  return (performance.now() - start) / times
}

console.log(
  '| value | kept: freeze / structured | given: freeze, none | given: structured / one look into a Map |\n|---|---|---|---|',
)
for (const [name, value] of Object.entries(values)) {
  const map = new Map([['k', value]])
  const rounds = Array.from({ length: 41 }, () => {
    const unfrozen = Array.from({ length: 50 }, () => structuredClone(value))
    const frozen = time(() => share(unfrozen.pop(), 'freeze'), 50)
    return { frozen, copied: time(() => copy(value), 50), looked: time(() => map.get('k'), 2_000) }
  }).slice(1)
  const of = (key) => median(rounds.map((round) => round[key]))
  const about = (ratio) => (ratio < 1 ? ratio.toFixed(1) : String(Number(ratio.toPrecision(1))))
  console.log(
    `| ${name} | ${about(of('frozen') / of('copied'))} | the object itself | about ${about(of('copied') / of('looked'))} |`,
  )
}
if (sink === 0) console.log(sink)
