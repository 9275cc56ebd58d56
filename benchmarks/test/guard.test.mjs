import { expect } from 'chai'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { guardOver } from '../dist/guard/guard.js'
import { judge } from '../dist/guard/judge.js'

describe('the guard', () => {
  it('lets 60 % pass and no more', () => {
    const slipped = (now) => judge({ P1: 1, P4: 2 }, now).map((judged) => judged.slipped)
    expect(slipped({ P1: 1.6, P4: 3.2 })).to.deep.equal([false, false])
    expect(slipped({ P1: 1.61, P4: 1 })).to.deep.equal([true, false])
    expect(slipped({ P1: 0.5, P4: 3.3 })).to.deep.equal([false, true])
  })

  it('takes a figure that is no longer measured, or is no number, for slipped', () => {
    expect(judge({ P1: 1 }, {})[0].slipped).to.equal(true)
    expect(judge({ P1: 1 }, { P1: Number.NaN })[0].slipped).to.equal(true)
  })

  /** A bench of the name `hit` that answers these figures, one a run. */
  const hitOf = (...figures) => ({
    name: 'hit',
    about: '',
    rounds: 1,
    run: async () => ({ ok: true, trials: 1, figures: { P1: figures.shift(), other: 0 }, rows: [], verdict: '' }),
  })
  const asked = { seed: 1, rounds: 1, quick: false, record: false, progress: () => {} }

  it('counts the best of three runs, and fails on what has slipped against the committed results', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cachesmith-guard-'))
    const guarded = (...figures) => guardOver([hitOf(...figures)], folder)
    try {
      expect(
        await guarded(1, 1, 1)
          .run(asked)
          .catch((error) => error.message),
      ).to.include('pnpm bench guard --record')
      expect((await guarded(3, 1, 2).run({ ...asked, record: true })).ok).to.equal(true)
      const kept = await guarded(900, 1.5, 800).run(asked)
      expect([kept.ok, kept.figures]).to.deep.equal([true, { P1: 1.5 }])
      const slow = await guarded(1.7, 1.8, 1.9).run(asked)
      expect([slow.ok, slow.rows[0].slipped]).to.deep.equal([false, 'SLIPPED'])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
