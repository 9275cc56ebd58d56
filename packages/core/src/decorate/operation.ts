import type { Operation, Write } from '../behind/operation.js'
import { tell } from '../cache/parts.js'
import type { Bound } from './binding.js'
import type { BoundRule } from './bound-rule.js'
import type { AnyMethod } from './dual.js'

/** What the write log needs to know of a write-behind method, made once; it runs on the instance that was bound or called last. */
export function operationOf(bound: Bound, { rule, parts, where }: BoundRule, original: AnyMethod): Operation {
  const many = rule.drainTo
  const name = rule.operation ?? `${bound.className}.${bound.methodName}`
  let told = false
  const dropped = (answer: unknown) => {
    if (answer === undefined || told) return
    told = true
    tell(parts, { type: 'write-answered', cache: parts.name, operation: name })
  }
  const on = <T>(ask: ((...args: never[]) => T) | undefined) =>
    ask && ((...args: unknown[]): T => ask.apply(bound.service, args as never[]))
  return {
    name,
    payloadVersion: rule.payloadVersion ?? 1,
    coalesce: rule.coalesce ?? true,
    merge: on(rule.merge),
    value: on(rule.value),
    flushEvery: rule.flushEvery,
    maxBatch: rule.maxBatch,
    upcast: on(rule.upcast),
    sink: {
      // Drained whenever it is due, the sink acts for no transaction that some call of the method was in.
      one: async (write) => {
        dropped(await bound.manager.outside(() => original.apply(bound.service, write.args)))
      },
      ...(many !== undefined && {
        many: async (batch: Write[]) => {
          await bound.manager.outside(() => drain(bound, many, batch, where))
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
