import { createCacheManager, keyvStore } from '@cachesmith/core'
import type { Dice } from './dice.js'
import { asked, type Hostile, isForeign, own } from './hostile-texts.js'
import { shown, watch } from './trials.js'

const key = ['user', { id: 1, team: 'a' }]
const isEntry = (name: string) => name.includes(':v1.')

/** What a store holds after one entry of the asked key was kept, taken once. */
let kept: Promise<ReadonlyMap<string, string>> | undefined

async function keep(): Promise<ReadonlyMap<string, string>> {
  const map = new Map<string, string>()
  await using caches = managerOver(map)
  await caches.cache('users').getOrLoad(key, () => own, { tags: ['team:a'] })
  const entry = [...map].find(([name]) => isEntry(name))
  if (!entry?.[1].includes(JSON.stringify(asked)))
    throw new Error('the lab no longer knows how entries stand in a store')
  return map
}

const managerOver = (map: Map<string, string>) =>
  createCacheManager({ store: keyvStore(map), caches: { users: { memory: false } } })

/**
 * Asks a whole cache for a key whose store holds a hostile text: inside an entry that the store takes for good, in place of the
 * whole record, or in place of a token. Answers what was violated.
 */
export async function answerOver(dice: Dice, hostile: Hostile, longest: number): Promise<string | undefined> {
  const pristine = await (kept ??= keep())
  const replaced = dice.below(4)
  const token = dice.pick([...pristine.keys()].filter((name) => !isEntry(name)))
  let least = Infinity
  for (let left = 3; left > 0 && least > longest; left--) {
    const map = new Map(pristine)
    for (const [name, text] of pristine) {
      const header = text.slice(0, text.indexOf('\n') + 1)
      if (isEntry(name)) map.set(name, replaced === 1 ? hostile.text : replaced === 2 ? text : header + hostile.text)
    }
    if (replaced === 2) map.set(token, hostile.text)
    const elapsed = watch()
    const found = await answer(map, hostile, replaced === 2)
    least = Math.min(least, elapsed())
    if (found !== undefined) return `through a cache: ${found}`
  }
  return least > longest ? `through a cache it took ${least.toFixed(0)} ms` : undefined
}

async function answer(map: Map<string, string>, hostile: Hostile, onlyToken: boolean): Promise<string | undefined> {
  const caches = managerOver(map)
  const loaded = { of: 'the loader' }
  try {
    const value = await caches.cache('users').getOrLoad(key, () => loaded, { tags: ['team:a'] })
    if (isForeign(value)) return `another key's value was answered: ${shown(value)}`
    const expected = value === loaded || (onlyToken && (value as typeof own)?.of === asked)
    if ((hostile.foreign || onlyToken) && !expected) return `${shown(value)} was answered`
    return undefined
  } catch (error) {
    return `getOrLoad rejected with ${shown(error)}`
  } finally {
    await caches.close()
  }
}
