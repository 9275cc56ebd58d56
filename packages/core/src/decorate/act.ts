import { checkTags } from '../cache/call.js'
import { Changes } from '../cache/changes.js'
import { type Parts, tell } from '../cache/parts.js'
import { abandonPut, beginPut, type Put, puttingOf } from '../cache/put.js'
import { commit } from '../cache/transactions.js'
import { keyText } from '../key/key.js'
import { serve } from './attach.js'
import type { Bound } from './binding.js'
import type { BoundRule } from './bound-rule.js'
import type { AnyMethod } from './dual.js'
import { readManyThrough } from './read-many.js'
import { MethodLoad, promised, readThrough } from './read-through.js'

type Target =
  | { readonly keys: readonly string[] }
  | { readonly tags: readonly string[] }
  | { readonly all: true }
  | undefined
interface PendingPut {
  readonly by: BoundRule
  readonly key: string | undefined
  readonly write: Put
}

/** A call that does more than read, in fixed order whatever the stacking: early evicts, read or invoke, late evicts on success, put, write-behind. */
export async function act(bound: Bound, original: AnyMethod, self: unknown, args: unknown[]): Promise<unknown> {
  const wanted = (by: BoundRule) => by.rule.condition === undefined || Boolean(by.rule.condition.apply(self, args))
  // Keys and tags of the arguments are taken now: the method may change its arguments.
  const early = bound.earlyEvicts.filter(wanted).map((by) => ({ by, target: targetOf(by, self, args) }))
  const late = bound.lateEvicts.filter(wanted).map((by) => ({ by, target: targetOf(by, self, args) }))
  const aims = bound.puts
    .filter(wanted)
    .map((by) => ({ by, key: by.rule.key && keyOf(by, by.rule.key.apply(self, args)) }))
  if (early.length > 0) {
    const before = new Gathered()
    for (const { by, target } of early) before.evict(by, target)
    await before.commit()
  }
  const puts: PendingPut[] = []
  for (const aim of aims) {
    const begun = beginPut(aim.by.parts, aim.key)
    puts.push({ ...aim, write: begun instanceof Promise ? await begun : begun })
  }
  let result: unknown
  try {
    result = await perform(bound, original, self, args)
  } catch (error) {
    for (const { by, write } of puts) abandonPut(by.parts, write)
    throw error
  }
  const gathered = new Gathered()
  for (const { by, target } of late) gathered.evict(by, target ?? targetFrom(by, self, args, result))
  for (const put of puts) finish(gathered, bound, put, self, args, result)
  await gathered.commit()
  return result
}

/** What one call does, by cache. */
class Gathered {
  readonly #all = new Map<Parts, Changes>()

  of({ parts, where }: BoundRule): Changes {
    let changes = this.#all.get(parts)
    if (changes === undefined) this.#all.set(parts, (changes = new Changes()))
    changes.where.add(where)
    return changes
  }

  evict(by: BoundRule, target: Target): void {
    if (target === undefined) return
    if ('keys' in target) this.of(by).evict(target.keys)
    else if ('tags' in target) this.of(by).evictTags(target.tags)
    else this.of(by).clear()
  }

  async commit(): Promise<void> {
    await Promise.all(Array.from(this.#all, ([parts, changes]) => commit(parts, changes)))
  }
}

function perform(bound: Bound, original: AnyMethod, self: unknown, args: unknown[]): unknown {
  if (bound.read !== undefined) return readThrough(bound, bound.read, original, self, args)
  if (bound.many !== undefined) return readManyThrough(bound, bound.many, original, self, args)
  if (bound.behind !== undefined) return writeBehind(bound, bound.behind, original, self, args)
  const by = bound.puts[0]
  const answer = original.apply(self, args)
  return by === undefined ? answer : promised(answer, by.where)
}

const keyOf = (by: BoundRule, parts: unknown): string => by.parts.scoped(keyText(parts, by.where))

/** What an evict means that needs no result; undefined where it does. */
function targetOf(by: BoundRule, self: unknown, args: readonly unknown[]): Target {
  const { rule } = by
  if (rule.allEntries) return { all: true }
  if (rule.key !== undefined) return { keys: [keyOf(by, rule.key.apply(self, args as unknown[]))] }
  if (rule.keys !== undefined)
    return { keys: Array.from(rule.keys.apply(self, args as unknown[]), (parts) => keyOf(by, parts)) }
  if (rule.tags === undefined) return undefined
  return {
    tags: typeof rule.tags === 'function' ? checkTags(rule.tags.apply(self, args as unknown[]), by.where) : rule.tags,
  }
}

/** What an evict means that needs the result. A callback that throws here would leave old entries: then all of them go. */
function targetFrom(by: BoundRule, self: unknown, args: readonly unknown[], result: unknown): Target {
  if (result === null || result === undefined) return undefined
  const { rule, parts } = by
  try {
    if (rule.keyFromResult !== undefined) return { keys: [keyOf(by, rule.keyFromResult.call(self, result, ...args))] }
    if (rule.tagsFromResult !== undefined)
      return { tags: checkTags(rule.tagsFromResult.call(self, result, ...args), by.where) }
  } catch (error) {
    tell(parts, { type: 'not-stored', cache: parts.name, key: '', why: 'callback', error })
    return { all: true }
  }
  return undefined
}

function putKey(by: BoundRule, self: unknown, args: readonly unknown[], result: unknown): string | undefined {
  if (result === null || result === undefined) return undefined
  return keyOf(by, by.rule.keyFromResult!.call(self, result, ...args))
}

/** Adds what a write-through stores. A callback that throws leaves the key unknown: then all of the cache goes. */
function finish(
  gathered: Gathered,
  bound: Bound,
  { by, key, write }: PendingPut,
  self: unknown,
  args: readonly unknown[],
  result: unknown,
): void {
  let text = key
  try {
    text ??= putKey(by, self, args, result)
  } catch (error) {
    tell(by.parts, { type: 'not-stored', cache: by.parts.name, key: '', why: 'callback', error })
    gathered.of(by).clear()
  }
  if (text === undefined) return abandonPut(by.parts, write)
  const load = new MethodLoad(by, bound.plan, () => result, self, undefined, args)
  gathered.of(by).put(puttingOf(by.parts, write, text, load, result))
}

/** Hands the call to the write log; the method's own body is the sink. */
export function writeBehind(
  bound: Bound,
  by: BoundRule,
  original: AnyMethod,
  self: unknown,
  args: unknown[],
): Promise<unknown> {
  const { rule, parts } = by
  if (rule.condition !== undefined && !rule.condition.apply(self, args))
    return original.apply(self, args) as Promise<unknown>
  bound.service = self
  const given = rule.key!.apply(self, args)
  const key = keyOf(by, given)
  serve(bound)
  bound.writes ??= bound.manager.writesOf(parts)
  return bound.writes.submit(bound.operation!, key, Array.isArray(given) ? given : [given], args)
}
