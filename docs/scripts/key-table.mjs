import { keyText } from '../../packages/core/dist/key/key.js'

// Prints the table of docs/keys.md: what a key callback answers, and the text that it comes to.
class Money {
  constructor(amount, currency) {
    Object.assign(this, { amount, currency })
  }
  toCacheKey() {
    return [this.amount, this.currency]
  }
}
const rows = [
  ["['user', 'ada']", ['user', 'ada']],
  ["['user', '1']", ['user', '1']],
  ["['user', 1]", ['user', 1]],
  ["'a'", 'a'],
  ["['a']", ['a']],
  ["[['a', 'b']]", [['a', 'b']]],
  ["['a:b', 'c']", ['a:b', 'c']],
  ["['a', 'b:c']", ['a', 'b:c']],
  ["['a', undefined]", ['a', undefined]],
  ['[null, true, 1n, -0, NaN]', [null, true, 1n, -0, Number.NaN]],
  ["[{ page: 2, team: 'a' }]", [{ page: 2, team: 'a' }]],
  ["[{ team: 'a', page: 2 }]", [{ team: 'a', page: 2 }]],
  ['[new Date(0)]', [new Date(0)]],
  [
    "[new Map([['b', 1], ['a', 2]])]",
    [
      new Map([
        ['b', 1],
        ['a', 2],
      ]),
    ],
  ],
  ["[new Set(['b', 'a'])]", [new Set(['b', 'a'])]],
  ['[new Uint8Array([1, 2])]', [new Uint8Array([1, 2])]],
  ["[new Money(5, 'EUR')]", [new Money(5, 'EUR')]],
  ["['Zürich']", ['Zürich']],
  ["['x'.repeat(300)]", ['x'.repeat(300)]],
]
console.log('| key | text |\n|---|---|')
for (const [source, parts] of rows) console.log(`| \`${source}\` | \`${keyText(parts, 'key')}\` |`)
