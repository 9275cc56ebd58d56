import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

describe('example: tsyringe', () => {
  it('serves transient services from one cache, and a rename at once', () => {
    const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
    const lines = execFileSync(process.execPath, [main], { encoding: 'utf8' }).trim().split('\n')
    expect(lines).to.deep.equal([
      "{ id: '1', name: 'Lisbon' } { id: '1', name: 'Lisbon' }",
      "{ id: '1', name: 'Lisboa' }",
      'asked the repository 2 times for 3 reads',
    ])
  })
})
