import { createCacheManager, keyvStore } from '@cachesmith/core'
import type { Dice } from './dice.js'
import { asked, type Hostile, isForeign, own } from './hostile-texts.js'
import { shown, watch } from './trials.js'

const key = ['user', { id: 1, team: 'a' }]
const isEntry = (name: string) => name.includes(':v1.') && name.includes('user')
const isAnother = (name: string) => name.includes(':v1.') && name.includes('account')

/** What is replaced in the store. */
const places = ['body', 'body', 'record', 'token', 'by another record'] as const

/** What a store holds after an entry of the asked key, and one of another, was kept; taken once. */
let kept: Promise<ReadonlyMap<string, string>> | undefined

async function keep(): Promise<ReadonlyMap<string, string>> {
  const map = new Map<string, string>()
  await using caches = managerOver(map)
  await caches.cache('users').getOrLoad(key, () => own, { tags: ['team:a'] })
  await caches.cache('users').getOrLoad(['account', 99], () => ({ of: 'account:99', n: 1 }))
  const entry = [...map].find(([name]) => isEntry(name))
  if (![...map.keys()].some(isAnother)) throw new Error('the lab no longer knows how entries stand in a store')
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
  const replaced = dice.pick(places)
  const token = dice.pick([...pristine.keys()].filter((name) => !name.includes(':v1.')))
  const another = [...pristine].find(([name]) => isAnother(name))![1]
  let least = Infinity
  for (let left = 3; left > 0 && least > longest; left--) {
    const map = new Map(pristine)
    for (const [name, text] of pristine) {
      const header = text.slice(0, text.indexOf('\n') + 1)
      if (!isEntry(name)) continue
      if (replaced === 'body') map.set(name, header + hostile.text)
      if (replaced === 'record') map.set(name, hostile.text)
      if (replaced === 'by another record') map.set(name, another)
      if (replaced === 'token') map.set(token, hostile.text)
    }
    const elapsed = watch()
    const found = await answer(map, hostile.foreign || replaced === 'by another record', replaced === 'token')
    least = Math.min(least, elapsed())
    if (found !== undefined) return `through a cache: ${found}`
  }
  return least > longest ? `through a cache it took ${least.toFixed(0)} ms` : undefined
}

async function answer(map: Map<string, string>, foreign: boolean, onlyToken: boolean): Promise<string | undefined> {
  const caches = managerOver(map)
  const loaded = { of: 'the loader' }
  try {
    const value = await caches.cache('users').getOrLoad(key, () => loaded, { tags: ['team:a'] })
    if (isForeign(value)) return `another key's value was answered: ${shown(value)}`
    const expected = value === loaded || (onlyToken && (value as typeof own)?.of === asked)
    if ((foreign || onlyToken) && !expected) return `${shown(value)} was answered`
    return undefined
  } catch (error) {
    return `getOrLoad rejected with ${shown(error)}`
  } finally {
    await caches.close()
  }
}
