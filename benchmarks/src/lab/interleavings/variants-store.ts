import { isPulse, SharedAdapter } from './adapter.js'
import { KeyvFence, KeyvTokens, pulseOf, type Start } from './core.js'
import { patch, patches } from './patch.js'
import type { Variant } from './variants.js'

const { prototype: fence } = KeyvFence
const { prototype: tokens } = KeyvTokens

const of = (name: string, about: string, plant: () => () => void, mustBeCaught = true): Variant => ({
  name,
  about,
  world: 'keyv',
  mustBeCaught,
  plant,
})

/** A kind of token that never changes is one that is not there. */
const frozen = (kind: RegExp) => () =>
  patch(
    tokens,
    'replace',
    (replace) =>
      function (this: KeyvTokens, name, token, life) {
        return replace.call(this, name, kind.test(name) ? `r${'f'.repeat(22)}` : token, life)
      },
  )

/** Bugs in the order of operations on a plain Keyv. */
export const storeVariants: readonly Variant[] = [
  of('put-without-begin', 'a put takes its tokens after its method', tokensAfterMethod),
  of('no-key-token', 'keys have no token', frozenFromStart(/:k:/)),
  of('no-pulse', 'there are no pulses', frozenFromStart(/:p\d+$/)),
  of('no-clear-token', 'the cache has no token', frozenFromStart(/:z$/)),
  of('pulse-before-tags', "a fill reads the pulses before the tags' tokens, not after them", pulsesWithTags),
  of('tag-without-leading-pulse', "an invalidation moves the pulse only after the tag's token", pulseAfterTag),
  of('replay-same-token', 'an invalidation that failed is sent again with the same token', sameToken, false),
]

/** The used store's tokens of this kind count as the frozen one, too. */
function frozenFromStart(kind: RegExp): () => () => void {
  const token = `r${'f'.repeat(22)}`
  const reads = () =>
    patch(
      SharedAdapter.prototype,
      'getMany',
      (getMany) =>
        async function (this: SharedAdapter, keys) {
          const values = await getMany.call(this, keys)
          return values.map((value, at) => (kind.test(keys[at]!) ? token : value))
        },
    )
  return patches(frozen(kind), reads)
}

function tokensAfterMethod(): () => void {
  type Late = Start & { readonly late: true }
  const undo = patch(
    fence,
    'keep',
    (keep) =>
      async function (this: KeyvFence, start, sealed, own) {
        const begun = (start as Partial<Late>).late ? await startPut.call(this, start.key) : start
        return keep.call(this, begun, sealed, own)
      },
  )
  const { startPut } = fence
  const undone = patch(fence, 'startPut', () => async (key) => ({ key, late: true }) as unknown as Start)
  return () => {
    undone()
    undo()
  }
}

/** Tags' tokens that are read alone are a fill's, or a look's: what the pulses were then is what the next check of a fill is told. */
function pulsesWithTags(): () => void {
  const seen = new WeakMap<SharedAdapter, Map<string, string | undefined>>()
  const { getMany } = SharedAdapter.prototype
  async function readTags(this: SharedAdapter, tags: string[]) {
    const pulses = allPulses(tags[0]!)
    const values = await getMany.call(this, pulses)
    seen.set(this, new Map(pulses.map((name, at) => [name, values[at]])))
    return getMany.call(this, tags)
  }
  return patches(
    () =>
      patch(
        SharedAdapter.prototype,
        'get',
        (get) =>
          async function (this: SharedAdapter, key) {
            return isTag(key) ? (await readTags.call(this, [key]))[0] : get.call(this, key)
          },
      ),
    () =>
      patch(
        SharedAdapter.prototype,
        'getMany',
        () =>
          async function (this: SharedAdapter, keys) {
            if (keys.every(isTag)) return readTags.call(this, keys)
            const values = await getMany.call(this, keys)
            const known = keys.filter(isPulse).length < 16 ? seen.get(this) : undefined
            return keys.map((key, at) => (known?.has(key) ? known.get(key) : values[at]))
          },
      ),
  )()
}

const isTag = (key: string): boolean => /:rows:[ts]:/.test(key)
const allPulses = (key: string): string[] => {
  const prefix = key.slice(0, key.indexOf(':rows:') + ':rows:'.length)
  return Array.from({ length: 16 }, (_, at) => `${prefix}p${at}`)
}

function pulseAfterTag(): () => void {
  const { replacePulses, replaceTag } = tokens
  return patches(
    () => patch(tokens, 'replacePulses', () => async () => []),
    () =>
      patch(
        tokens,
        'replaceTag',
        () =>
          async function (this: KeyvTokens, tag) {
            const token = await replaceTag.call(this, tag)
            await replacePulses.call(this, [pulseOf(tag)])
            return token
          },
      ),
  )()
}

function sameToken(): () => void {
  const unknown = new WeakMap<KeyvTokens, Map<string, string>>()
  return patch(
    tokens,
    'replace',
    (replace) =>
      async function (this: KeyvTokens, name, token, life) {
        const tokens = unknown.get(this) ?? new Map<string, string>()
        unknown.set(this, tokens)
        const again = tokens.get(name) ?? token ?? `r${String(++made).padStart(22, '0')}`
        tokens.delete(name)
        try {
          return await replace.call(this, name, again, life)
        } catch (error) {
          tokens.set(name, again)
          throw error
        }
      },
  )
}

let made = 0
