import type { Operation, Write } from '../behind/operation.js'
import { checkTags } from '../cache/cache.js'
import { clear, evictKeys, evictTags } from '../cache/evict.js'
import { type Parts, tell } from '../cache/parts.js'
import { abandonPut, beginPut, type Put, put, standing } from '../cache/write.js'
import { keyText } from '../key/key.js'
import type { Bound, BoundRule } from './binding.js'
import type { AnyMethod } from './dual.js'
import { loadOf, promised, readThrough } from './read-through.js'

type Target =
  | { readonly keys: readonly string[] }
  | { readonly tags: readonly string[] }
  | { readonly all: true }
  | undefined
interface Eviction {
  readonly by: BoundRule
  readonly target: Target
}
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
  if (early.length > 0) await Promise.all(early.map((e) => evict(e.by.parts, e.target)))
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
  const stands = puts.map((p) => stillStands(p, self, args, result))
  await evictLate(late, puts, self, args, result)
  await Promise.all(puts.map((p, i) => finish(bound, p, stands[i]!, self, args, result)))
  return result
}

function perform(bound: Bound, original: AnyMethod, self: unknown, args: unknown[]): unknown {
  if (bound.read !== undefined) return readThrough(bound, bound.read, original, self, args)
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

async function evict(parts: Parts, target: Target, except?: Put): Promise<void> {
  if (target === undefined) return
  if ('keys' in target) return evictKeys(parts, target.keys, except?.writing)
  if ('tags' in target) return evictTags(parts, target.tags)
  return clear(parts, except?.writing)
}

/**
 * The call's own evicts do not count against its own puts: those are moved to the position after them. Not so in a store: a place that
 * was taken anew, after the method, would not see who wrote meanwhile; where the evicts cover what the put bears, it becomes an evict.
 */
async function evictLate(
  late: readonly Eviction[],
  puts: readonly PendingPut[],
  self: unknown,
  args: readonly unknown[],
  result: unknown,
): Promise<void> {
  if (late.length === 0) return
  await Promise.all(
    late.map(({ by, target }) =>
      evict(by.parts, target ?? targetFrom(by, self, args, result), puts.find((p) => p.by.parts === by.parts)?.write),
    ),
  )
  for (const { by, write } of puts) {
    if (!late.some((e) => e.by.parts === by.parts)) continue
    write.writing.began = by.parts.position.n
  }
}

/** Whether nobody else has written or invalidated what a put bears, asked before the call's own evicts. */
function stillStands(
  { by, key, write }: PendingPut,
  self: unknown,
  args: readonly unknown[],
  result: unknown,
): boolean {
  try {
    const text = key ?? putKey(by, self, args, result)
    return (
      text === undefined ||
      standing(by.parts, write, text, loadOf(by, undefined, self, args, () => result).tags(result))
    )
  } catch {
    return false
  }
}

function putKey(by: BoundRule, self: unknown, args: readonly unknown[], result: unknown): string | undefined {
  if (result === null || result === undefined) return undefined
  return keyOf(by, by.rule.keyFromResult!.call(self, result, ...args))
}

async function finish(
  bound: Bound,
  { by, key, write }: PendingPut,
  stands: boolean,
  self: unknown,
  args: readonly unknown[],
  result: unknown,
): Promise<void> {
  let text = key
  try {
    text ??= putKey(by, self, args, result)
  } catch (error) {
    tell(by.parts, { type: 'not-stored', cache: by.parts.name, key: '', why: 'callback', error })
    abandonPut(by.parts, write)
    return clear(by.parts)
  }
  if (text === undefined) return abandonPut(by.parts, write)
  await put(
    by.parts,
    write,
    text,
    loadOf(by, bound.plan, self, args, () => result),
    result,
    stands,
  )
}

/** Hands the call to the write log; the method's own body is the sink. */
function writeBehind(
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
  bound.operation ??= operationOf(bound, by, original)
  return bound.manager
    .writesOf(parts)
    .submit(bound.operation, keyOf(by, given), Array.isArray(given) ? given : [given], args)
}

/** What the write log needs to know of the method, made once; it runs on the instance that was called last. */
function operationOf(bound: Bound, { rule, where }: BoundRule, original: AnyMethod): Operation {
  const many = rule.drainTo
  const on = <T>(ask: ((...args: never[]) => T) | undefined) =>
    ask && ((...args: unknown[]): T => ask.apply(bound.service, args as never[]))
  return {
    name: rule.operation ?? `${bound.className}.${bound.methodName}`,
    payloadVersion: rule.payloadVersion ?? 1,
    coalesce: rule.coalesce ?? true,
    merge: on(rule.merge),
    value: on(rule.value),
    flushEvery: rule.flushEvery,
    maxBatch: rule.maxBatch,
    upcast: on(rule.upcast),
    sink: {
      one: async (write) => {
        await original.apply(bound.service, write.args)
      },
      ...(many !== undefined && {
        many: async (batch: Write[]) => {
          await drain(bound, many, batch, where)
        },
      }),
    },
  }
}

function drain(bound: Bound, name: string, batch: Write[], where: string): unknown {
  const method = (bound.service as Record<string, unknown>)[name]
  if (typeof method !== 'function')
    throw new TypeError(`${where}: drainTo names '${name}', which is no method of this class`)
  return method.call(bound.service, batch)
}
